package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.OTHER_KEY;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.askStreaming;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.FaultRow;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a caller sees of one request. */
@ExtendWith(SharedFleet.class)
class OneRequestIT {
  private final FleetUnderTest fleet;

  OneRequestIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void an_answer_says_who_gave_it_what_it_cost_and_how_it_was_routed() throws Exception {
    HttpResponse<String> answer = fleet.chat(ask("auto", "Translate this sentence"));
    assertEquals(200, answer.statusCode(), answer.body());
    JsonNode body = json(answer.body());
    assertEquals("alpha/m", body.path("model").asText());
    assertEquals("alpha/m", header(answer, "x-model-used"));
    assertEquals("alpha", header(answer, "x-provider"));
    assertEquals("bulk", header(answer, "x-task-type"));
    assertEquals("rules", header(answer, "x-routed-by"));
    assertEquals("MISS", header(answer, "x-cache"));
    assertEquals("0", header(answer, "x-fallback-count"));
    assertEquals(
        header(answer, "x-cost-usd"),
        body.path("usage").path("cost").decimalValue().toPlainString());
    assertTrue(body.path("usage").path("cost").decimalValue().signum() > 0);
    assertTrue(header(answer, "x-request-id").startsWith("req_"));
    assertEquals("ok", body.path("route").path("attempts").path(0).path("outcome").asText());
    fleet.awaitRows(
        "request_id = '" + header(answer, "x-request-id") + "' and state = 'settled'", 1);
  }

  @Test
  @FaultRow(row = 79, fault = "another team asks the same")
  void the_same_request_again_is_a_hit_that_costs_nothing_and_another_team_misses() {
    String body = ask("auto", cached("What is a hit?"));
    long asked = fleet.alpha.requests();
    HttpResponse<String> hit = fleet.chat(body);
    assertEquals("HIT", header(hit, "x-cache"));
    assertEquals("0", header(hit, "x-cost-usd"));
    assertEquals(0, json(hit.body()).path("usage").path("cost").decimalValue().signum());
    assertEquals("standard", header(hit, "x-task-type"));
    assertTrue(Long.parseLong(header(hit, "age")) >= 0);
    assertEquals(asked, fleet.alpha.requests());
    assertEquals("MISS", header(fleet.chat(OTHER_KEY, body), "x-cache"));
    assertEquals(asked + 1, fleet.alpha.requests());
  }

  /**
   * A text whose answer came as a stream and is in the cache now. On a busy machine Redis may be
   * passed over once, which is allowed; not five times.
   */
  private String cached(String text) {
    for (int i = 0; i < 5; i++) {
      String asked = text + " " + i;
      assertEquals("MISS", header(fleet.chat(askStreaming("auto", asked)), "x-cache"));
      if (header(fleet.chat(ask("auto", asked)), "x-cache").equals("HIT")) {
        return asked;
      }
    }
    throw new AssertionError("nothing is ever found in the cache");
  }

  @Test
  void a_hit_is_replayed_as_a_stream_when_one_is_asked_and_a_stream_fills_the_cache() {
    String text = cached("Stream me");
    HttpResponse<String> whole = fleet.chat(ask("auto", text));
    HttpResponse<String> replayed = fleet.chat(askStreaming("auto", text));
    assertEquals("HIT", header(replayed, "x-cache"));
    assertEquals(
        json(whole.body()).path("choices").path(0).path("message").path("content").asText(),
        content(events(replayed)));
    JsonNode last = json(events(replayed).get(events(replayed).size() - 2));
    assertEquals(0, last.path("usage").path("cost").decimalValue().signum());
    assertEquals("[DONE]", events(replayed).getLast());
  }

  @Test
  void a_stream_ends_with_usage_cost_and_route_and_then_done() {
    List<String> events = events(fleet.chat(askStreaming("auto", "Count to three")));
    assertEquals("[DONE]", events.getLast());
    JsonNode last = json(events.get(events.size() - 2));
    assertTrue(last.path("choices").isEmpty());
    assertTrue(last.path("usage").path("cost").decimalValue().signum() > 0, last.toString());
    assertEquals("alpha/m", last.path("route").path("attempts").path(0).path("model").asText());
    assertEquals("alpha/m", json(events.getFirst()).path("model").asText());
  }

  @Test
  void a_stream_without_include_usage_has_no_chunk_without_choices() {
    String body =
        askStreaming("auto", "No usage")
            .replace("\"stream_options\":{\"include_usage\":true},", "");
    List<String> events = events(fleet.chat(body));
    assertEquals("[DONE]", events.removeLast());
    assertTrue(events.stream().noneMatch(e -> json(e).path("choices").isEmpty()));
  }

  @Test
  void the_first_chunk_arrives_long_before_the_last_is_written() throws Exception {
    fleet.alpha.next(1, Behaviour.slow(Duration.ZERO, Duration.ofMillis(300)));
    var request =
        HttpRequest.newBuilder(fleet.fleet.url().resolve("/v1/chat/completions"))
            .header("authorization", "Bearer " + KEY)
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    askStreaming("auto", "slowly now, please, chunk by chunk")))
            .build();
    var arrivals = new ArrayList<Long>();
    HttpResponse<Stream<String>> response =
        fleet.http.send(request, HttpResponse.BodyHandlers.ofLines());
    response
        .body()
        .filter(line -> line.startsWith("data: {"))
        .forEach(line -> arrivals.add(System.nanoTime()));
    long spread = TimeUnit.NANOSECONDS.toMillis(arrivals.getLast() - arrivals.getFirst());
    assertTrue(
        arrivals.size() >= 3 && spread >= 300,
        arrivals.size() + " chunks within " + spread + " ms");
  }

  @Test
  @FaultRow(row = 14, fault = "503 from the first provider")
  void a_broken_first_provider_is_answered_by_the_second_and_metrics_agree() throws Exception {
    double before =
        fleet.metric(Service.ROUTER, "llm_router_fallback_answers_total", "reason=\"overloaded\"");
    fleet.alpha.next(1, Behaviour.status(503));
    HttpResponse<String> answer = fleet.chat(ask("auto", "Who answers this?"));
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("beta/m", header(answer, "x-model-used"));
    assertEquals("1", header(answer, "x-fallback-count"));
    assertEquals("overloaded", header(answer, "x-fallback-reason"));
    fleet.awaitMetric(
        before + 1, Service.ROUTER, "llm_router_fallback_answers_total", "reason=\"overloaded\"");
    assertEquals(
        List.of("overloaded", "ok"),
        json(answer.body()).path("route").path("attempts").findValuesAsText("outcome"));
    fleet.awaitRows("request_id = '" + header(answer, "x-request-id") + "'", 2);
  }

  @Test
  @FaultRow(row = 33, fault = "the stream is cut before and after its first token")
  @FaultRow(row = 78, fault = "a stream that was cut")
  void a_stream_falls_back_before_its_first_token_and_never_looks_finished_after_it() {
    fleet.alpha.next(1, Behaviour.cutAfter(0));
    HttpResponse<String> early = fleet.chat(askStreaming("auto", "cut at once"));
    assertEquals("beta/m", header(early, "x-model-used"));
    assertEquals("[DONE]", events(early).getLast());
    fleet.alpha.next(1, Behaviour.cutAfter(2));
    HttpResponse<String> late =
        fleet.chat(askStreaming("auto", "cut in the middle of a longer answer"));
    assertEquals("alpha/m", header(late, "x-model-used"));
    assertTrue(late.body().contains("event: error"), late.body());
    assertFalse(late.body().contains("[DONE]"), late.body());
    assertEquals(
        "MISS",
        header(
            fleet.chat(askStreaming("auto", "cut in the middle of a longer answer")), "x-cache"));
  }

  @Test
  @FaultRow(row = 43, fault = "the caller leaves after the first byte")
  void a_caller_who_leaves_is_accounted_for_and_no_log_calls_it_a_failure() throws Exception {
    fleet.alpha.next(1, Behaviour.slow(Duration.ZERO, Duration.ofMillis(100)));
    // What others of this fleet's tests broke before is in its logs too.
    var before = new EnumMap<Service, Integer>(Service.class);
    for (Service service : List.of(Service.ROUTER, Service.PROVIDER)) {
      before.put(service, Files.readString(fleet.fleet.log(service)).length());
    }
    var request =
        HttpRequest.newBuilder(fleet.fleet.url().resolve("/v1/chat/completions"))
            .header("authorization", "Bearer " + KEY)
            .header("x-request-id", "req_left")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    askStreaming("auto", "I will not wait for the end")))
            .build();
    try (InputStream stream =
        fleet.http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
      assertEquals('d', stream.read());
    }
    fleet.awaitRows("request_id = 'req_left' and outcome = 'abandoned' and state = 'settled'", 1);
    for (var seen : before.entrySet()) {
      String since = Files.readString(fleet.fleet.log(seen.getKey())).substring(seen.getValue());
      assertFalse(since.contains("\"SEVERE\""), since);
    }
  }

  @Test
  @FaultRow(row = 41, fault = "every provider fails")
  void when_everybody_fails_the_answer_says_who_and_how_and_asks_sdks_not_to_hammer() {
    fleet.alpha.next(1, Behaviour.status(503));
    fleet.beta.next(1, Behaviour.hangUp());
    HttpResponse<String> answer = fleet.chat(ask("auto", "Nobody is there"));
    assertEquals(503, answer.statusCode());
    JsonNode error = json(answer.body()).path("error");
    assertEquals("all_providers_failed", error.path("code").asText());
    assertEquals("provider", error.path("source").asText());
    assertEquals("false", header(answer, "x-should-retry"));
    assertEquals(2, error.path("attempts").size());
  }

  @Test
  void bad_requests_are_told_what_to_write_instead() {
    expect(401, "invalid_api_key", fleet.chat("sk-nobody", ask("auto", "x")));
    expect(400, "invalid_json", fleet.chat("{\"model\": \"auto\","));
    expect(400, "invalid_type", fleet.chat("{\"model\": \"auto\"}"));
    String tagged = "{\"metadata\":{\"a\":\"\\u0000\"}," + ask("auto", "x").substring(1);
    expect(400, "invalid_type", fleet.chat(tagged));
    assertEquals(200, fleet.chat(ask("auto", "half a character: \\ud83d")).statusCode());
    expect(404, "model_not_found", fleet.chat(ask("alpha/n", "x")));
    expect(400, "unknown_task_type", fleet.chat(ask("auto/easy", "x")));
    expect(413, "request_too_large", fleet.chat(ask("auto", "x".repeat(10_000_001))));
  }

  @Test
  void costs_are_reported_through_the_router_for_the_own_team_only() throws Exception {
    HttpResponse<String> answer =
        fleet.chat(OTHER_KEY, ask("auto/complex", "only once by the other team"));
    fleet.awaitRows(
        "request_id = '" + header(answer, "x-request-id") + "' and state = 'settled'", 1);
    JsonNode page = fleet.get(OTHER_KEY, "/v1/costs?group_by=task_type&bucket=1d");
    JsonNode complex = json("{}");
    for (JsonNode results : page.findValues("results")) {
      for (JsonNode result : results) {
        if (result.path("group").path("task_type").asText().equals("complex")) {
          complex = result;
        }
      }
    }
    assertEquals(1, complex.path("requests").asInt(), page.toString());
    assertEquals(
        header(answer, "x-cost-usd"),
        complex.path("amount").path("value").decimalValue().stripTrailingZeros().toPlainString());
    assertEquals(403, status("/v1/costs?team=growth"));
    assertTrue(fleet.get(OTHER_KEY, "/v1/costs/summary?period=day").isObject());
  }

  @Test
  void models_and_the_api_document_list_what_there_is() {
    JsonNode models = fleet.get(KEY, "/v1/models");
    List<String> ids = models.path("data").findValuesAsText("id");
    assertTrue(ids.containsAll(List.of("auto", "auto/bulk", "alpha/m", "beta/m")), ids.toString());
  }

  @Test
  void openai_java_works_unchanged() {
    OpenAIClient client =
        OpenAIOkHttpClient.builder().baseUrl(fleet.baseUrl().toString()).apiKey(KEY).build();
    ChatCompletion completion = client.chat().completions().create(params("openai-java asks"));
    assertTrue(
        completion.choices().getFirst().message().content().orElseThrow().startsWith("word0"));
    var text = new StringBuilder();
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params("openai-java streams"))) {
      chunks.stream()
          .forEach(
              c -> c.choices().forEach(choice -> choice.delta().content().ifPresent(text::append)));
    }
    assertTrue(text.toString().startsWith("word0 word1"), text.toString());
    client.close();
  }

  @Test
  void langchain4j_works_unchanged() throws Exception {
    var model =
        OpenAiChatModel.builder()
            .baseUrl(fleet.baseUrl().toString())
            .apiKey(KEY)
            .modelName("auto")
            .build();
    assertTrue(model.chat("LangChain4j asks").startsWith("word0"));
    var streaming =
        OpenAiStreamingChatModel.builder()
            .baseUrl(fleet.baseUrl().toString())
            .apiKey(KEY)
            .modelName("auto")
            .build();
    var done = new CompletableFuture<ChatResponse>();
    streaming.chat(
        "LangChain4j streams",
        new StreamingChatResponseHandler() {
          @Override
          public void onPartialResponse(String part) {}

          @Override
          public void onCompleteResponse(ChatResponse response) {
            done.complete(response);
          }

          @Override
          public void onError(Throwable error) {
            done.completeExceptionally(error);
          }
        });
    ChatResponse response = done.get(30, TimeUnit.SECONDS);
    assertTrue(response.aiMessage().text().startsWith("word0"));
    assertTrue(response.tokenUsage().totalTokenCount() > 0);
  }

  private static ChatCompletionCreateParams params(String text) {
    return ChatCompletionCreateParams.builder().model("auto").addUserMessage(text).build();
  }

  private int status(String path) {
    try {
      return fleet
          .http
          .send(
              HttpRequest.newBuilder(fleet.fleet.url().resolve(path))
                  .header("authorization", "Bearer " + OTHER_KEY)
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void expect(int status, String code, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    JsonNode error = json(answer.body()).path("error");
    assertEquals(code, error.path("code").asText());
    assertEquals("router", error.path("source").asText());
    assertFalse(error.path("message").asText().isBlank());
    assertTrue(header(answer, "x-request-id").startsWith("req_"));
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static List<String> events(HttpResponse<String> stream) {
    assertEquals(200, stream.statusCode(), stream.body());
    return new ArrayList<>(
        stream
            .body()
            .lines()
            .filter(l -> l.startsWith("data: "))
            .map(l -> l.substring(6))
            .toList());
  }

  private static String content(List<String> events) {
    var text = new StringBuilder();
    for (String event : events) {
      if (event.startsWith("{")) {
        json(event)
            .path("choices")
            .forEach(c -> text.append(c.path("delta").path("content").asText("")));
      }
    }
    return text.toString();
  }
}
