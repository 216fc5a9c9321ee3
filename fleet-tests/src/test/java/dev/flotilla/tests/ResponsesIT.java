package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.responses.EasyInputMessage;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseOutputItem;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.WebSearchTool;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.FaultRow;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiResponsesChatModel;
import dev.langchain4j.model.openai.OpenAiResponsesStreamingChatModel;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What programs see that ask OpenAI's newer API, unchanged but for the address. */
@ExtendWith(SharedFleet.class)
class ResponsesIT {
  private static final List<String> CITIES = List.of("Karachi", "Lahore");

  /** The answer of a structured request. */
  static final class Ferry {
    public String name = "";
    public int seats;
  }

  private final FleetUnderTest fleet;
  private final OpenAIClient openAi;

  ResponsesIT(FleetUnderTest fleet) {
    this.fleet = fleet;
    this.openAi =
        OpenAIOkHttpClient.builder().baseUrl(fleet.baseUrl().toString()).apiKey(KEY).build();
  }

  @AfterEach
  void close() {
    openAi.close();
  }

  @Test
  void an_answer_is_a_response_with_its_tokens_and_its_model() {
    Response response =
        openAi
            .responses()
            .create(
                params("openai-java wants a response")
                    .instructions("Be brief.")
                    .maxOutputTokens(500)
                    .temperature(0.5)
                    .build());
    assertTrue(response.id().startsWith("resp_"), response.id());
    assertEquals("alpha/m", response.model().string().orElseThrow());
    assertTrue(text(response).startsWith("word0 "), text(response));
    assertEquals(ResponseStatus.COMPLETED, response.status().orElseThrow());
    assertTrue(response.usage().orElseThrow().inputTokens() > 0);
    assertTrue(response.usage().orElseThrow()._additionalProperties().containsKey("cost"));
    assertTrue(response._additionalProperties().containsKey("route"));
    assertEquals("Be brief.", response.instructions().orElseThrow().asString());
    assertEquals(0.5, response.temperature().orElseThrow());
    response.validate();
    JsonNode asked = json(fleet.alpha.lastRequest().body());
    assertEquals("Be brief.", asked.at("/messages/0/content").asText());
    assertEquals(500, asked.path("max_completion_tokens").asInt());
    assertFalse(asked.has("input"), asked.toString());
  }

  @Test
  void a_stream_comes_to_the_same_response_and_its_events_are_numbered() {
    var events = events(params("openai-java streams a response").build());
    var whole = ResponseAccumulator.create();
    events.forEach(whole::accumulate);
    assertTrue(text(whole.response()).startsWith("word0 word1"), text(whole.response()));
    assertEquals(ResponseStatus.COMPLETED, whole.response().status().orElseThrow());
    assertTrue(events.getFirst().isCreated());
    assertTrue(events.getLast().isCompleted());
    String deltas =
        events.stream()
            .flatMap(event -> event.outputTextDelta().stream())
            .map(delta -> delta.delta())
            .collect(Collectors.joining());
    assertEquals(text(whole.response()), deltas);
    events.forEach(ResponseStreamEvent::validate);
  }

  @Test
  void an_answer_cut_by_its_limit_is_incomplete() {
    var params = params("Say a lot of words in a response").maxOutputTokens(2).build();
    Response response = openAi.responses().create(params);
    assertEquals(ResponseStatus.INCOMPLETE, response.status().orElseThrow());
    assertEquals(
        "max_output_tokens",
        response.incompleteDetails().orElseThrow().reason().orElseThrow().asString());
    assertTrue(
        events(params("Say a lot of words in a stream").maxOutputTokens(2).build())
            .getLast()
            .isIncomplete());
  }

  @Test
  void the_same_facts_are_in_headers_as_on_chat_and_the_answer_is_shared_with_it() {
    HttpResponse<String> chat =
        fleet.chat(FleetUnderTest.ask("auto", "Translate this for both doors"));
    assertEquals("MISS", header(chat, "x-cache"));
    HttpResponse<String> answer =
        fleet.post(
            KEY,
            "/v1/responses",
            "{\"model\":\"auto\",\"input\":\"Translate this for both doors\",\"store\":false}");
    assertEquals(200, answer.statusCode(), answer.body());
    assertEquals("HIT", header(answer, "x-cache"));
    assertEquals("alpha/m", header(answer, "x-model-used"));
    assertEquals("bulk", header(answer, "x-task-type"));
    assertEquals("0", header(answer, "x-cost-usd"));
    assertEquals("hit", json(answer.body()).at("/route/cache").asText());
    assertEquals(
        json(chat.body()).at("/choices/0/message/content"),
        json(answer.body()).at("/output/0/content/0/text"));
    assertEquals(
        200, fleet.post(KEY, "/responses", "{\"model\":\"auto\",\"input\":\"x\"}").statusCode());
  }

  @Test
  void functions_are_called_whole_and_streamed_and_their_results_go_back() {
    fleet.alpha.always(weatherOfBoth());
    Response whole = openAi.responses().create(weather("whole response"));
    assertEquals(CITIES, cities(whole));
    var streamed = ResponseAccumulator.create();
    events(weather("streamed response")).forEach(streamed::accumulate);
    assertEquals(CITIES, cities(streamed.response()));
    assertEquals(
        "weather", json(fleet.alpha.lastRequest().body()).at("/tools/0/function/name").asText());

    fleet.alpha.always(Behaviour.ok());
    var input = new ArrayList<ResponseInputItem>();
    input.add(
        ResponseInputItem.ofEasyInputMessage(
            EasyInputMessage.builder()
                .role(EasyInputMessage.Role.USER)
                .content("Weather of both?")
                .build()));
    for (ResponseFunctionToolCall call : calls(streamed.response())) {
      input.add(ResponseInputItem.ofFunctionCall(call));
    }
    for (ResponseFunctionToolCall call : calls(streamed.response())) {
      input.add(
          ResponseInputItem.ofFunctionCallOutput(
              ResponseInputItem.FunctionCallOutput.builder()
                  .callId(call.callId())
                  .output("sunny")
                  .build()));
    }
    Response after =
        openAi
            .responses()
            .create(ResponseCreateParams.builder().model("auto").inputOfResponse(input).build());
    assertFalse(text(after).isEmpty());
    JsonNode asked = json(fleet.alpha.lastRequest().body()).path("messages");
    assertEquals(4, asked.size(), asked.toString());
    assertEquals(2, asked.at("/1/tool_calls").size());
    assertEquals("call_Karachi", asked.at("/2/tool_call_id").asText());
    assertEquals("sunny", asked.at("/3/content").asText());
  }

  @Test
  void an_object_of_a_class_comes_back() {
    fleet.alpha.always(Behaviour.says("{\"name\":\"Sindbad\",\"seats\":40}"));
    var params =
        ResponseCreateParams.builder()
            .model("auto")
            .input("openai-java, which ferry responds?")
            .text(Ferry.class)
            .build();
    Ferry ferry =
        openAi.responses().create(params).output().stream()
            .flatMap(item -> item.message().stream())
            .flatMap(message -> message.content().stream())
            .flatMap(content -> content.outputText().stream())
            .findFirst()
            .orElseThrow();
    assertEquals("Sindbad 40", ferry.name + " " + ferry.seats);
    assertEquals(
        "json_schema", json(fleet.alpha.lastRequest().body()).at("/response_format/type").asText());
  }

  @Test
  @FaultRow(row = 33, fault = "the stream is cut, read as a response by two clients")
  void a_broken_stream_has_failed_and_is_never_completed() throws Exception {
    fleet.alpha.always(Behaviour.cutAfter(2));
    var seen = new ArrayList<ResponseStreamEvent>();
    assertThrows(
        OpenAIException.class,
        () -> {
          try (StreamResponse<ResponseStreamEvent> events =
              openAi
                  .responses()
                  .createStreaming(params("openai-java reads a broken response").build())) {
            events.stream().forEach(seen::add);
          }
        });
    assertTrue(seen.stream().anyMatch(event -> event.outputTextDelta().isPresent()));
    assertTrue(seen.stream().noneMatch(ResponseStreamEvent::isCompleted));
    assertTrue(seen.stream().noneMatch(ResponseStreamEvent::isIncomplete));
    assertEquals(
        ResponseStatus.FAILED,
        seen.getLast().failed().orElseThrow().response().status().orElseThrow());
    var broken =
        assertThrows(
            ExecutionException.class,
            () -> stream("LangChain4j reads a broken response").get(30, TimeUnit.SECONDS));
    assertTrue(String.valueOf(broken.getMessage()).contains("broke off"), broken.getMessage());
  }

  @Test
  void langchain4j_gets_responses_whole_and_streamed() throws Exception {
    var model =
        OpenAiResponsesChatModel.builder()
            .baseUrl(fleet.baseUrl().toString())
            .apiKey(KEY)
            .modelName("auto")
            .build();
    assertTrue(model.chat("LangChain4j wants a response").startsWith("word0 "));
    ChatResponse streamed = stream("LangChain4j streams a response").get(30, TimeUnit.SECONDS);
    assertTrue(streamed.aiMessage().text().startsWith("word0 "), streamed.toString());
    assertTrue(streamed.tokenUsage().inputTokenCount() > 0);
  }

  @Test
  void what_needs_a_memory_or_runs_at_openai_is_refused_with_what_to_write_instead() {
    long asked = fleet.alpha.requests();
    refused(params("x").previousResponseId("resp_1"), "previous_response_id", "earlier input");
    refused(params("x").store(true), "store", "nothing is stored");
    refused(params("x").background(true), "background", "at once");
    refused(params("x").conversation("conv_1"), "conversation", "nothing is stored");
    refused(
        params("x").addTool(WebSearchTool.builder().type(WebSearchTool.Type.WEB_SEARCH).build()),
        "tools[0].type",
        "function");
    refused(
        params("x").putAdditionalBodyProperty("seed", JsonValue.from(7)), "seed", "leave it out");
    assertEquals(asked, fleet.alpha.requests());
    var missing =
        assertThrows(
            NotFoundException.class,
            () -> openAi.responses().create(params("x").model("alpha/n").build()));
    assertEquals("model_not_found", missing.code().orElseThrow());
  }

  @Test
  void everybody_failing_is_told_once_before_a_stream_begins() {
    fleet.alpha.always(Behaviour.badJson());
    fleet.beta.always(Behaviour.badJson());
    for (boolean stream : new boolean[] {false, true}) {
      var failed =
          assertThrows(
              InternalServerException.class,
              () -> {
                if (stream) {
                  events(params("Nobody streams a response").build());
                } else {
                  openAi.responses().create(params("Nobody responds").build());
                }
              });
      assertEquals(503, failed.statusCode());
      assertEquals("all_providers_failed", failed.code().orElseThrow());
    }
  }

  private void refused(ResponseCreateParams.Builder params, String param, String says) {
    var refused =
        assertThrows(BadRequestException.class, () -> openAi.responses().create(params.build()));
    assertEquals("unsupported_parameter", refused.code().orElseThrow());
    assertEquals(param, refused.param().orElseThrow());
    assertTrue(String.valueOf(refused.getMessage()).contains(says), refused.getMessage());
  }

  private List<ResponseStreamEvent> events(ResponseCreateParams params) {
    try (StreamResponse<ResponseStreamEvent> events = openAi.responses().createStreaming(params)) {
      return events.stream().toList();
    }
  }

  private CompletableFuture<ChatResponse> stream(String text) {
    var model =
        OpenAiResponsesStreamingChatModel.builder()
            .baseUrl(fleet.baseUrl().toString())
            .apiKey(KEY)
            .modelName("auto")
            .build();
    var done = new CompletableFuture<ChatResponse>();
    model.chat(
        text,
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
    return done;
  }

  private static ResponseCreateParams.Builder params(String text) {
    return ResponseCreateParams.builder().model("auto").input(text);
  }

  private static ResponseCreateParams weather(String how) {
    return params("openai-java, weather of both, " + how)
        .addTool(
            FunctionTool.builder()
                .name("weather")
                .strict(false)
                .parameters(
                    FunctionTool.Parameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty(
                            "properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                        .build())
                .build())
        .build();
  }

  private static Behaviour weatherOfBoth() {
    ObjectNode message = FleetUnderTest.JSON.createObjectNode();
    var calls = message.putArray("tool_calls");
    for (String city : CITIES) {
      ObjectNode call = calls.addObject().put("id", "call_" + city).put("type", "function");
      call.putObject("function")
          .put("name", "weather")
          .put("arguments", "{\"city\":\"" + city + "\"}");
    }
    return new Behaviour.Says(message);
  }

  private static List<ResponseFunctionToolCall> calls(Response response) {
    return response.output().stream()
        .map(ResponseOutputItem::functionCall)
        .flatMap(Optional::stream)
        .toList();
  }

  private static List<String> cities(Response response) {
    return calls(response).stream()
        .map(call -> json(call.arguments()).path("city").asText())
        .toList();
  }

  private static String text(Response response) {
    return response.output().stream()
        .flatMap(item -> item.message().stream())
        .flatMap(message -> message.content().stream())
        .flatMap(content -> content.outputText().stream())
        .map(text -> text.text())
        .collect(Collectors.joining());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }
}
