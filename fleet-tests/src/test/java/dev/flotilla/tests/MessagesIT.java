package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.ONCE_A_MINUTE_KEY;
import static dev.flotilla.tests.FleetUnderTest.ask;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicException;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.InternalServerException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Base64ImageSource;
import com.anthropic.models.messages.ContentBlock;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.TextBlock;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.testkit.Behaviour;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What programs written with Anthropic's SDK see, unchanged but for the address. */
@ExtendWith(SharedFleet.class)
class MessagesIT {
  private static final List<String> CITIES = List.of("Karachi", "Lahore");

  private final FleetUnderTest fleet;
  private final AnthropicClient anthropic;

  MessagesIT(FleetUnderTest fleet) {
    this.fleet = fleet;
    this.anthropic = client(KEY);
  }

  @AfterEach
  void close() {
    anthropic.close();
  }

  @Test
  void an_answer_is_a_message_with_its_tokens_and_its_model() {
    Message message = anthropic.messages().create(params("anthropic-java asks").build());
    assertTrue(message.id().startsWith("msg_"), message.id());
    assertEquals("alpha/m", message.model().asString());
    assertTrue(text(message).startsWith("word0 "), text(message));
    assertEquals(StopReason.END_TURN, message.stopReason().orElseThrow());
    assertTrue(message.usage().inputTokens() > 0);
    assertTrue(message.usage().outputTokens() > 0);
    assertTrue(message.usage()._additionalProperties().containsKey("cost"));
    message.validate();
    JsonNode asked = json(fleet.alpha.lastRequest().body());
    assertEquals("Be brief.", asked.at("/messages/0/content").asText());
    assertEquals(500, asked.path("max_completion_tokens").asInt());
  }

  @Test
  void a_stream_comes_to_the_same_message() {
    Message streamed = streamed(params("anthropic-java streams").build());
    assertTrue(text(streamed).startsWith("word0 word1"), text(streamed));
    assertEquals(StopReason.END_TURN, streamed.stopReason().orElseThrow());
    assertTrue(streamed.usage().outputTokens() > 0);
    assertEquals("alpha/m", streamed.model().asString());
  }

  @Test
  void an_answer_cut_by_its_limit_says_so() {
    Message message =
        anthropic.messages().create(params("Say a lot of words").maxTokens(2).build());
    assertEquals(StopReason.MAX_TOKENS, message.stopReason().orElseThrow());
  }

  @Test
  void the_same_facts_are_in_headers_as_on_chat_and_the_request_has_one_id() {
    HttpResponse<String> answer =
        post("/v1/messages", body("auto", "Translate this message"), "x-api-key", KEY);
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("alpha/m", header(answer, "x-model-used"));
    assertEquals("bulk", header(answer, "x-task-type"));
    assertEquals("MISS", header(answer, "x-cache"));
    assertEquals("0", header(answer, "x-fallback-count"));
    assertFalse(header(answer, "x-cost-usd").isEmpty());
    assertTrue(header(answer, "request-id").startsWith("req_"));
    assertEquals(header(answer, "x-request-id"), header(answer, "request-id"));
    assertEquals(
        header(answer, "x-cost-usd"),
        json(answer.body()).at("/usage/cost").decimalValue().toPlainString());
    assertEquals("miss", json(answer.body()).at("/route/cache").asText());
  }

  @Test
  void tools_are_called_whole_and_streamed_and_their_results_go_back() {
    fleet.alpha.always(weatherOfBoth());
    Message whole = anthropic.messages().create(weather("whole").build());
    assertEquals(StopReason.TOOL_USE, whole.stopReason().orElseThrow());
    assertEquals(CITIES, cities(whole));
    JsonNode asked = json(fleet.alpha.lastRequest().body());
    assertEquals("weather", asked.at("/tools/0/function/name").asText());
    assertEquals("string", asked.at("/tools/0/function/parameters/properties/city/type").asText());

    Message streamed = streamed(weather("streamed").build());
    assertEquals(StopReason.TOOL_USE, streamed.stopReason().orElseThrow());
    assertEquals(CITIES, cities(streamed));

    fleet.alpha.always(Behaviour.ok());
    var results = new ArrayList<ContentBlockParam>();
    for (ToolUseBlock call : calls(streamed)) {
      results.add(
          ContentBlockParam.ofToolResult(
              ToolResultBlockParam.builder()
                  .toolUseId(call.id())
                  .content("31 degrees")
                  .isError(results.isEmpty())
                  .build()));
    }
    Message answered =
        anthropic
            .messages()
            .create(
                weather("streamed")
                    .addMessage(streamed)
                    .addUserMessageOfContentBlockParams(results)
                    .build());
    assertTrue(text(answered).startsWith("word0"));
    JsonNode told = json(fleet.alpha.lastRequest().body()).path("messages");
    assertEquals(
        List.of("system", "user", "assistant", "tool", "tool"), told.findValuesAsText("role"));
    assertEquals(
        told.at("/2/tool_calls").findValuesAsText("id"), told.findValuesAsText("tool_call_id"));
    assertEquals("Error:\n31 degrees", told.at("/3/content").asText());
  }

  @Test
  void pictures_pass_and_marks_for_the_prompt_cache_do_not_reach_who_knows_none() {
    var picture =
        Base64ImageSource.builder()
            .mediaType(Base64ImageSource.MediaType.IMAGE_PNG)
            .data("iVBORw0KGgo=")
            .build();
    var params =
        MessageCreateParams.builder()
            .model("auto")
            .maxTokens(50)
            .addUserMessageOfContentBlockParams(
                List.of(
                    ContentBlockParam.ofImage(picture),
                    ContentBlockParam.ofText("What do you see?")))
            .putAdditionalBodyProperty("cache_control", JsonValue.from(Map.of("type", "ephemeral")))
            .build();
    assertTrue(text(anthropic.messages().create(params)).startsWith("word0"));
    JsonNode asked = json(fleet.alpha.lastRequest().body());
    assertEquals(
        "data:image/png;base64,iVBORw0KGgo=",
        asked.at("/messages/0/content/0/image_url/url").asText());
    assertFalse(asked.has("cache_control"), asked.toString());
  }

  @Test
  void mistakes_are_told_in_anthropics_shape() {
    AnthropicClient nobody = client("sk-nobody");
    var unknown =
        assertThrows(
            UnauthorizedException.class,
            () -> nobody.messages().create(params("Who am I?").build()));
    expect("authentication_error", "invalid_api_key", unknown);
    nobody.close();
    var missing =
        assertThrows(
            NotFoundException.class,
            () ->
                anthropic
                    .messages()
                    .create(params("Which model?").model("claude-sonnet-9").build()));
    expect("not_found_error", "model_not_found", missing);
    assertTrue(missing.body().toString().contains("alias"), missing.body().toString());
    var wrong =
        assertThrows(
            BadRequestException.class,
            () ->
                anthropic
                    .messages()
                    .create(
                        params("x").putAdditionalBodyProperty("seed", JsonValue.from(7)).build()));
    expect("invalid_request_error", "unsupported_parameter", wrong);
    assertTrue(wrong.body().toString().contains("seed"), wrong.body().toString());
  }

  @Test
  void the_door_itself_speaks_anthropics_dialect_too() {
    String body = body("auto", "At the door");
    expect(401, "authentication_error", post("/v1/messages", body));
    expect(
        400,
        "invalid_request_error",
        post("/v1/messages", body, "x-api-key", KEY, "authorization", "Bearer sk-other"));
    expect(404, "not_found_error", post("/v1/messages/batches", body, "x-api-key", KEY));
    expect(
        415,
        "invalid_request_error",
        post("/v1/messages", body, "x-api-key", KEY, "content-encoding", "gzip"));
    expect(
        413,
        "request_too_large",
        post("/v1/messages", body("auto", "x".repeat(10_000_001)), "x-api-key", KEY));
    expect(400, "invalid_request_error", post("/v1/messages", "{", "x-api-key", KEY));
    expect(
        405,
        "invalid_request_error",
        send(request("/v1/messages", "x-api-key", KEY).GET().build()));
    assertEquals(
        401, post("/v1/chat/completions", ask("auto", "x"), "x-api-key", KEY).statusCode());
    assertEquals(
        200,
        post("/v1/messages?beta=true", body, "x-api-key", KEY, "anthropic-beta", "new-2099")
            .statusCode());
  }

  @Test
  void a_broken_stream_fails_and_never_comes_to_an_end() throws Exception {
    var heard = new CountDownLatch(1);
    fleet.alpha.always(Behaviour.cutWhenHeard(2, heard));
    var pieces = new ArrayList<RawMessageStreamEvent>();
    assertThrows(
        AnthropicException.class,
        () -> {
          try (StreamResponse<RawMessageStreamEvent> events =
              anthropic
                  .messages()
                  .createStreaming(params("anthropic-java reads a broken stream").build())) {
            events.stream()
                .forEach(
                    event -> {
                      pieces.add(event);
                      heard.countDown();
                    });
          }
        });
    assertTrue(pieces.stream().anyMatch(RawMessageStreamEvent::isContentBlockDelta));
    assertTrue(pieces.stream().noneMatch(RawMessageStreamEvent::isMessageStop));
    var heardAgain = new CountDownLatch(1);
    fleet.alpha.always(Behaviour.cutWhenHeard(2, heardAgain));
    String body =
        body("auto", "The bytes of a broken stream").replaceFirst("\\{", "{\"stream\":true,");
    var request =
        request("/v1/messages", "x-api-key", KEY).POST(HttpRequest.BodyPublishers.ofString(body));
    String raw;
    try (InputStream in =
        fleet.http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()).body()) {
      // Nothing is sent to the caller before the model has said something.
      String first = Character.toString(in.read());
      heardAgain.countDown();
      raw = first + new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertTrue(raw.contains("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":"), raw);
    assertFalse(raw.contains("message_stop"), raw);
  }

  @Test
  void an_answer_is_kept_and_replayed_and_shared_with_chat() {
    String text = "What is kept for messages?";
    String told = text(streamed(params(text).build()));
    long asked = fleet.alpha.requests();
    assertEquals(told, text(streamed(params(text).build())));
    assertEquals(told, text(anthropic.messages().create(params(text).build())));
    HttpResponse<String> chat =
        fleet.chat(
            "{\"model\":\"auto\",\"max_completion_tokens\":500,\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"%s\"}]}"
                .formatted(text));
    assertEquals("HIT", header(chat, "x-cache"));
    assertEquals(asked, fleet.alpha.requests());
  }

  @Test
  void a_key_that_asks_too_often_is_told_when_to_come_back() {
    AnthropicClient hasty =
        AnthropicOkHttpClient.builder()
            .baseUrl(fleet.fleet.url().toString())
            .authToken(ONCE_A_MINUTE_KEY)
            .maxRetries(0)
            .build();
    var throttled =
        assertThrows(
            RateLimitException.class,
            () -> {
              for (int i = 0; i < 3; i++) {
                hasty.messages().create(params("hasty " + i).build());
              }
            });
    expect("rate_limit_error", "rate_limit_exceeded", throttled);
    assertFalse(throttled.headers().values("retry-after").isEmpty());
    hasty.close();
  }

  @Test
  void when_everybody_fails_the_sdk_asks_once() {
    fleet.alpha.always(Behaviour.badJson());
    fleet.beta.always(Behaviour.badJson());
    try (var door = new CountingDoor(fleet.fleet.url(), fleet.http)) {
      AnthropicClient client =
          AnthropicOkHttpClient.builder()
              .baseUrl(URI.create(door.baseUrl()).resolve("/").toString())
              .apiKey(KEY)
              .build();
      var failed =
          assertThrows(
              InternalServerException.class,
              () -> client.messages().create(params("anthropic-java finds nobody").build()));
      assertEquals(503, failed.statusCode());
      expect("api_error", "all_providers_failed", failed);
      assertEquals(1, door.requests());
      client.close();
    }
  }

  @Test
  void tokens_are_estimated_without_asking_a_model() {
    long asked = fleet.alpha.requests();
    long tokens =
        anthropic
            .messages()
            .countTokens(
                MessageCountTokensParams.builder()
                    .model("auto")
                    .addUserMessage("x".repeat(4_000))
                    .build())
            .inputTokens();
    assertEquals(1_004, tokens);
    assertEquals(
        "true",
        header(
            post("/v1/messages/count_tokens", body("auto", "x"), "x-api-key", KEY), "x-estimated"));
    assertEquals(asked, fleet.alpha.requests());
  }

  @Test
  void one_model_is_described_and_one_that_is_not_there_is_404() {
    JsonNode model = fleet.get(KEY, "/v1/models/alpha/m");
    assertEquals("alpha/m", model.path("id").asText());
    assertEquals("model", model.path("object").asText());
    assertEquals("up", model.path("status").asText());
    assertEquals(4, model.path("task_types").size(), model.toString());
    assertEquals("0.00000014", model.at("/pricing/prompt").asText());
    assertEquals(
        List.of("beta/m"), texts(fleet.get(KEY, "/v1/models/auto/bulk").path("fallbacks")));
    HttpResponse<String> missing =
        send(request("/v1/models/alpha/n", "authorization", "Bearer " + KEY).GET().build());
    assertEquals(404, missing.statusCode());
    assertEquals("model_not_found", json(missing.body()).at("/error/code").asText());
    assertEquals("alpha/m", anthropic.models().retrieve("alpha/m").id());
    assertTrue(anthropic.models().list().data().stream().anyMatch(m -> m.id().equals("auto")));
  }

  @Test
  void a_request_is_classified_without_asking_a_model() {
    long asked = fleet.alpha.requests();
    JsonNode type = json(fleet.post(KEY, "/v1/classify", ask("alpha/m", "Translate it")).body());
    assertEquals("bulk", type.path("task_type").asText());
    assertEquals("rules", type.path("decided_by").asText());
    assertEquals("keyword:translate", type.at("/matched_rules/0").asText());
    assertEquals(type.path("confidence"), type.at("/scores/bulk"));
    JsonNode named = json(fleet.post(KEY, "/v1/classify", ask("auto/complex", "x")).body());
    assertEquals("hint", named.path("decided_by").asText());
    assertEquals(400, fleet.post(KEY, "/v1/classify", ask("auto/easy", "x")).statusCode());
    assertEquals(400, fleet.post(KEY, "/v1/classify", "[]").statusCode());
    assertEquals(asked, fleet.alpha.requests());
  }

  private AnthropicClient client(String key) {
    return AnthropicOkHttpClient.builder()
        .baseUrl(fleet.fleet.url().toString())
        .apiKey(key)
        .build();
  }

  private Message streamed(MessageCreateParams params) {
    var whole = MessageAccumulator.create();
    try (StreamResponse<RawMessageStreamEvent> events =
        anthropic.messages().createStreaming(params)) {
      events.stream().forEach(whole::accumulate);
    }
    return whole.message();
  }

  private static MessageCreateParams.Builder params(String text) {
    return MessageCreateParams.builder()
        .model("auto")
        .maxTokens(500)
        .system("Be brief.")
        .addUserMessage(text);
  }

  private static MessageCreateParams.Builder weather(String how) {
    var schema =
        Tool.InputSchema.builder()
            .properties(
                Tool.InputSchema.Properties.builder()
                    .putAdditionalProperty("city", JsonValue.from(Map.of("type", "string")))
                    .build())
            .addRequired("city")
            .build();
    return params("anthropic-java, weather of both, " + how)
        .addTool(Tool.builder().name("weather").inputSchema(schema).build());
  }

  private static Behaviour weatherOfBoth() {
    ObjectNode message = FleetUnderTest.JSON.createObjectNode();
    message.put("content", "I look it up.");
    var calls = message.putArray("tool_calls");
    for (String city : CITIES) {
      ObjectNode call = calls.addObject().put("id", "call_" + city).put("type", "function");
      call.putObject("function")
          .put("name", "weather")
          .put("arguments", "{\"city\":\"" + city + "\"}");
    }
    return new Behaviour.Says(message);
  }

  private static List<ToolUseBlock> calls(Message message) {
    return message.content().stream().flatMap(block -> block.toolUse().stream()).toList();
  }

  private static List<String> cities(Message message) {
    return calls(message).stream()
        .map(call -> call._input().convert(Map.class))
        .map(input -> String.valueOf(input.get("city")))
        .toList();
  }

  private static String text(Message message) {
    return message.content().stream()
        .map(ContentBlock::text)
        .flatMap(text -> text.stream())
        .map(TextBlock::text)
        .collect(Collectors.joining());
  }

  private static String body(String model, String text) {
    return ask(model, text).replaceFirst("\\{", "{\"max_tokens\":100,");
  }

  private HttpResponse<String> post(String path, String body, String... headers) {
    return send(request(path, headers).POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  private HttpRequest.Builder request(String path, String... headers) {
    var request =
        HttpRequest.newBuilder(fleet.fleet.url().resolve(path)).timeout(Duration.ofSeconds(60));
    return headers.length == 0 ? request : request.headers(headers);
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return fleet.http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void expect(String type, String code, AnthropicServiceException told) {
    JsonNode body = json(told.body().convert(JsonNode.class).toString());
    assertEquals("error", body.path("type").asText());
    assertEquals(type, body.at("/error/type").asText(), body.toString());
    assertEquals(code, body.at("/error/code").asText(), body.toString());
    assertEquals(told.headers().values("request-id").getFirst(), body.path("request_id").asText());
  }

  private static void expect(int status, String type, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    JsonNode body = json(answer.body());
    assertEquals("error", body.path("type").asText(), answer.body());
    assertEquals(type, body.at("/error/type").asText(), answer.body());
    assertFalse(body.at("/error/message").asText().isBlank());
    assertEquals(header(answer, "request-id"), body.path("request_id").asText());
  }

  private static List<String> texts(JsonNode list) {
    var texts = new ArrayList<String>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
