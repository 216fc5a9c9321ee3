package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.errors.RateLimitException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.FaultRow;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What programs written with OpenAI's SDK or LangChain4j see, unchanged but for the address. */
@ExtendWith(SharedFleet.class)
class ClientsIT {
  private static final List<String> CITIES = List.of("Karachi", "Lahore");

  /** The answer of a structured request. */
  static final class Ferry {
    public String name = "";
    public int seats;
  }

  private final FleetUnderTest fleet;
  private final OpenAIClient openAi;

  ClientsIT(FleetUnderTest fleet) {
    this.fleet = fleet;
    this.openAi =
        OpenAIOkHttpClient.builder().baseUrl(fleet.baseUrl().toString()).apiKey(KEY).build();
  }

  @AfterEach
  void close() {
    openAi.close();
  }

  @Test
  void openai_java_gets_parallel_tool_calls_whole_and_streamed() {
    fleet.alpha.always(weatherOfBoth());
    ChatCompletion whole = openAi.chat().completions().create(weather("whole"));
    assertEquals(CITIES, cities(whole));
    assertEquals("tool_calls", whole.choices().getFirst().finishReason().asString());
    assertEquals(
        "weather", json(fleet.alpha.lastRequest().body()).at("/tools/0/function/name").asText());

    var streamed = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> chunks =
        openAi.chat().completions().createStreaming(weather("streamed"))) {
      chunks.stream().forEach(streamed::accumulate);
    }
    assertEquals(CITIES, cities(streamed.chatCompletion()));
  }

  @Test
  void langchain4j_gets_parallel_tool_calls_whole_and_streamed() throws Exception {
    fleet.alpha.always(weatherOfBoth());
    var tool =
        ToolSpecification.builder()
            .name("weather")
            .parameters(
                JsonObjectSchema.builder().addStringProperty("city").required("city").build())
            .build();
    var request = ChatRequest.builder().toolSpecifications(tool);
    ChatResponse whole =
        langchain().build().chat(request.messages(UserMessage.from("LangChain4j, whole")).build());
    assertEquals(CITIES, cities(whole));
    ChatResponse streamed =
        stream(request.messages(UserMessage.from("LangChain4j, streamed")).build(), () -> {})
            .get(30, TimeUnit.SECONDS);
    assertEquals(CITIES, cities(streamed));
  }

  @Test
  void openai_java_gets_an_object_of_its_class() {
    fleet.alpha.always(Behaviour.says("{\"name\":\"Sindbad\",\"seats\":40}"));
    var params =
        ChatCompletionCreateParams.builder()
            .model("auto")
            .addUserMessage("openai-java, which ferry?")
            .responseFormat(Ferry.class)
            .build();
    Ferry ferry =
        openAi
            .chat()
            .completions()
            .create(params)
            .choices()
            .getFirst()
            .message()
            .content()
            .orElseThrow();
    assertEquals("Sindbad 40", ferry.name + " " + ferry.seats);
    assertEquals(
        "json_schema", json(fleet.alpha.lastRequest().body()).at("/response_format/type").asText());
  }

  @Test
  void langchain4j_gets_json_of_its_schema() {
    fleet.alpha.always(Behaviour.says("{\"name\":\"Sindbad\",\"seats\":40}"));
    var schema =
        JsonSchema.builder()
            .name("ferry")
            .rootElement(
                JsonObjectSchema.builder()
                    .addStringProperty("name")
                    .addIntegerProperty("seats")
                    .required("name", "seats")
                    .build())
            .build();
    var format = ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(schema).build();
    ChatResponse answer =
        langchain()
            .build()
            .chat(
                ChatRequest.builder()
                    .messages(UserMessage.from("LangChain4j, which ferry?"))
                    .responseFormat(format)
                    .build());
    assertEquals(40, json(answer.aiMessage().text()).path("seats").asInt());
    assertEquals(
        "ferry",
        json(fleet.alpha.lastRequest().body()).at("/response_format/json_schema/name").asText());
  }

  @Test
  void a_mistake_is_told_once_with_its_code_and_its_place() {
    try (var door = door()) {
      OpenAIClient client = openAi(door);
      var missing =
          assertThrows(
              NotFoundException.class,
              () -> client.chat().completions().create(params("alpha/n", "who?").build()));
      assertEquals("model_not_found", missing.code().orElseThrow());
      assertEquals("model", missing.param().orElseThrow());
      assertTrue(String.valueOf(missing.getMessage()).contains("alpha/m"), missing.getMessage());
      var wrong =
          assertThrows(
              BadRequestException.class,
              () ->
                  client
                      .chat()
                      .completions()
                      .create(
                          params("auto", "x")
                              .putAdditionalBodyProperty("models", JsonValue.from("alpha/m"))
                              .build()));
      assertEquals("invalid_type", wrong.code().orElseThrow());
      assertEquals("models", wrong.param().orElseThrow());
      assertEquals(2, door.requests());
      client.close();
    }
    try (var door = door()) {
      var missing =
          assertThrows(
              ModelNotFoundException.class,
              () -> langchain().baseUrl(door.baseUrl()).modelName("alpha/n").build().chat("who?"));
      assertTrue(String.valueOf(missing.getMessage()).contains("alpha/m"), missing.getMessage());
      assertThrows(
          InvalidRequestException.class,
          () -> langchain().baseUrl(door.baseUrl()).modelName("auto/easy").build().chat("what?"));
      assertEquals(2, door.requests());
    }
  }

  @Test
  @FaultRow(row = 33, fault = "the stream is cut, read by two clients")
  void a_broken_stream_fails_in_both() {
    var heard = new CountDownLatch(1);
    fleet.alpha.always(Behaviour.cutWhenHeard(2, heard));
    var parts = new ArrayList<String>();
    assertThrows(
        OpenAIException.class,
        () -> {
          try (StreamResponse<ChatCompletionChunk> chunks =
              openAi
                  .chat()
                  .completions()
                  .createStreaming(params("auto", "openai-java reads a broken stream").build())) {
            chunks.stream()
                .forEach(
                    c -> {
                      c.choices().forEach(x -> x.delta().content().ifPresent(parts::add));
                      heard.countDown();
                    });
          }
        });
    assertFalse(parts.isEmpty());
    var heardAgain = new CountDownLatch(1);
    fleet.alpha.always(Behaviour.cutWhenHeard(2, heardAgain));
    var broken =
        assertThrows(
            ExecutionException.class,
            () ->
                stream(
                        ChatRequest.builder()
                            .messages(UserMessage.from("LangChain4j reads a broken stream"))
                            .build(),
                        heardAgain::countDown)
                    .get(30, TimeUnit.SECONDS));
    assertTrue(String.valueOf(broken.getMessage()).contains("broke off"), broken.getMessage());
  }

  @Test
  void everybody_throttled_is_429_with_the_shortest_wait_and_the_providers_fault() {
    fleet.alpha.always(Behaviour.rateLimited(Duration.ofSeconds(7)));
    fleet.beta.always(Behaviour.rateLimited(Duration.ofSeconds(3)));
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(fleet.baseUrl().toString())
            .apiKey(KEY)
            .maxRetries(0)
            .build();
    var throttled =
        assertThrows(
            RateLimitException.class,
            () ->
                client
                    .chat()
                    .completions()
                    .create(params("auto", "openai-java is throttled").build()));
    assertEquals("rate_limit_exceeded", throttled.code().orElseThrow());
    assertEquals("requests", throttled.type().orElseThrow());
    assertEquals("3", throttled.headers().values("retry-after").getFirst());
    assertTrue(throttled.body().toString().contains("provider"), throttled.body().toString());
    client.close();
    var told =
        assertThrows(
            dev.langchain4j.exception.RateLimitException.class,
            () -> langchain().maxRetries(0).build().chat("LangChain4j is throttled"));
    assertTrue(
        String.valueOf(told.getMessage()).contains("rate_limit_exceeded"), told.getMessage());
  }

  @Test
  void openai_java_asks_every_candidate_once_when_all_fail() {
    fleet.alpha.always(Behaviour.badJson());
    fleet.beta.always(Behaviour.badJson());
    long asked = fleet.alpha.requests() + fleet.beta.requests();
    try (var door = door()) {
      OpenAIClient client = openAi(door);
      var failed =
          assertThrows(
              InternalServerException.class,
              () ->
                  client
                      .chat()
                      .completions()
                      .create(params("auto", "openai-java finds nobody").build()));
      assertEquals(503, failed.statusCode());
      assertEquals("all_providers_failed", failed.code().orElseThrow());
      assertEquals("false", failed.headers().values("x-should-retry").getFirst());
      assertEquals(1, door.requests());
      client.close();
    }
    assertEquals(asked + 2, fleet.alpha.requests() + fleet.beta.requests());
  }

  private CountingDoor door() {
    return new CountingDoor(fleet.fleet.url(), fleet.http);
  }

  private static OpenAIClient openAi(CountingDoor door) {
    return OpenAIOkHttpClient.builder().baseUrl(door.baseUrl()).apiKey(KEY).build();
  }

  private OpenAiChatModel.OpenAiChatModelBuilder langchain() {
    return OpenAiChatModel.builder()
        .baseUrl(fleet.baseUrl().toString())
        .apiKey(KEY)
        .modelName("auto");
  }

  private CompletableFuture<ChatResponse> stream(ChatRequest request, Runnable heard) {
    var model =
        OpenAiStreamingChatModel.builder()
            .baseUrl(fleet.baseUrl().toString())
            .apiKey(KEY)
            .modelName("auto")
            .build();
    var done = new CompletableFuture<ChatResponse>();
    model.chat(
        request,
        new StreamingChatResponseHandler() {
          @Override
          public void onPartialResponse(String part) {
            heard.run();
          }

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

  private static ChatCompletionCreateParams.Builder params(String model, String text) {
    return ChatCompletionCreateParams.builder().model(model).addUserMessage(text);
  }

  private static ChatCompletionCreateParams weather(String how) {
    var function =
        FunctionDefinition.builder()
            .name("weather")
            .parameters(
                JsonValue.from(
                        Map.of(
                            "type",
                            "object",
                            "properties",
                            Map.of("city", Map.of("type", "string"))))
                    .convert(FunctionParameters.class))
            .build();
    return params("auto", "openai-java, weather of both, " + how)
        .addFunctionTool(function)
        .parallelToolCalls(true)
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

  private static List<String> cities(ChatCompletion completion) {
    return completion.choices().getFirst().message().toolCalls().orElseThrow().stream()
        .map(call -> call.asFunction().function())
        .map(ChatCompletionMessageFunctionToolCall.Function::arguments)
        .map(arguments -> json(arguments).path("city").asText())
        .toList();
  }

  private static List<String> cities(ChatResponse response) {
    return response.aiMessage().toolExecutionRequests().stream()
        .map(ToolExecutionRequest::arguments)
        .map(arguments -> json(arguments).path("city").asText())
        .toList();
  }
}
