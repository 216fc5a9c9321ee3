package dev.flotilla.tests.clients;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialToolCall;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Written with LangChain4j's models for OpenAI. */
public final class LangChain implements Program {
  private static final long PATIENCE_SECONDS = 60;

  private final Door door;

  public LangChain(Door door) {
    this.door = door;
  }

  @Override
  public Outcome play(Act act, String model, String text, Runnable heard) {
    var seen = new Seen(heard);
    try {
      return switch (act) {
        case ASK -> whole(model, ChatRequest.builder().messages(UserMessage.from(text)));
        case ASK_BRIEFLY ->
            whole(model, ChatRequest.builder().messages(UserMessage.from(text)).maxOutputTokens(2));
        case STREAM ->
            streamed(model, ChatRequest.builder().messages(UserMessage.from(text)), seen);
        case CALL_TOOLS -> tools(model, text, false, seen);
        case STREAM_TOOLS -> tools(model, text, true, seen);
        case ASK_FOR_JSON -> ferry(model, text);
        case SHOW_PICTURE -> whole(model, ChatRequest.builder().messages(picture(text)));
        case GO_ON -> streamed(model, conversation(text), seen);
      };
    } catch (RuntimeException e) {
      return Outcome.failed(seen.text(), trouble(e));
    }
  }

  @Override
  public void close() {
    // The models hold nothing.
  }

  private static UserMessage picture(String text) {
    return UserMessage.from(TextContent.from(text), ImageContent.from(PICTURE, "image/png"));
  }

  private static ChatRequest.Builder conversation(String text) {
    var call =
        ToolExecutionRequest.builder()
            .id(CALL)
            .name("weather")
            .arguments("{\"city\":\"Karachi\"}")
            .build();
    return ChatRequest.builder()
        .toolSpecifications(weather())
        .messages(
            SystemMessage.from("You look at the weather."),
            UserMessage.from(text),
            AiMessage.from(call),
            ToolExecutionResultMessage.from(call, Program.weatherIn("Karachi")),
            picture("And this?"));
  }

  private static ToolSpecification weather() {
    return ToolSpecification.builder()
        .name("weather")
        .parameters(JsonObjectSchema.builder().addStringProperty("city").required("city").build())
        .build();
  }

  private Outcome ferry(String model, String text) {
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
    Outcome outcome =
        whole(
            model,
            ChatRequest.builder()
                .messages(UserMessage.from(text))
                .responseFormat(
                    ResponseFormat.builder()
                        .type(ResponseFormatType.JSON)
                        .jsonSchema(schema)
                        .build()));
    JsonNode ferry = Program.json(outcome.text());
    return outcome.withText(ferry.path("name").asText() + " " + ferry.path("seats").asInt());
  }

  private Outcome tools(String model, String text, boolean stream, Seen seen) {
    var messages = new ArrayList<ChatMessage>();
    messages.add(UserMessage.from(text));
    var request = ChatRequest.builder().toolSpecifications(weather());
    var pieces = new AtomicInteger();
    ChatResponse first =
        stream
            ? stream(model, request.messages(messages), seen, pieces)
            : chat(model, request.messages(messages));
    Outcome called = outcome(first, stream ? pieces.get() : 1);
    messages.add(first.aiMessage());
    for (ToolExecutionRequest call : first.aiMessage().toolExecutionRequests()) {
      String city = Program.json(call.arguments()).path("city").asText();
      messages.add(ToolExecutionResultMessage.from(call, Program.weatherIn(city)));
    }
    ChatResponse last =
        stream
            ? stream(model, request.messages(messages), seen, pieces)
            : chat(model, request.messages(messages));
    return called.then(outcome(last, 1));
  }

  private Outcome whole(String model, ChatRequest.Builder request) {
    return outcome(chat(model, request), 1);
  }

  private ChatResponse chat(String model, ChatRequest.Builder request) {
    return OpenAiChatModel.builder()
        .baseUrl(door.openAiUrl())
        .apiKey(door.key())
        .modelName(model)
        .maxRetries(0)
        .build()
        .chat(request.build());
  }

  private Outcome streamed(String model, ChatRequest.Builder request, Seen seen) {
    var pieces = new AtomicInteger();
    return outcome(stream(model, request, seen, pieces), pieces.get());
  }

  /**
   * @param seen takes the text as it comes
   */
  private ChatResponse stream(
      String model, ChatRequest.Builder request, Seen seen, AtomicInteger pieces) {
    var done = new CompletableFuture<ChatResponse>();
    OpenAiStreamingChatModel.builder()
        .baseUrl(door.openAiUrl())
        .apiKey(door.key())
        .modelName(model)
        .build()
        .chat(
            request.build(),
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(String part) {
                pieces.incrementAndGet();
                seen.add(part);
              }

              @Override
              public void onPartialToolCall(PartialToolCall part) {
                pieces.incrementAndGet();
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
    return done.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }

  private static Outcome outcome(ChatResponse response, int pieces) {
    var usage = Optional.ofNullable(response.tokenUsage());
    return new Outcome(
        Optional.ofNullable(response.aiMessage().text()).orElse(""),
        response.aiMessage().toolExecutionRequests().stream().map(LangChain::call).toList(),
        response.finishReason() == null ? null : response.finishReason().name(),
        pieces,
        usage.map(u -> u.inputTokenCount()).orElse(0),
        usage.map(u -> u.outputTokenCount()).orElse(0),
        response.modelName(),
        null);
  }

  private static Outcome.Call call(ToolExecutionRequest call) {
    return new Outcome.Call(call.id(), call.name(), Program.json(call.arguments()).toString());
  }

  private static Outcome.Trouble trouble(Throwable thrown) {
    Throwable told = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    for (Throwable t = told; t != null; t = t.getCause()) {
      if (t instanceof HttpException http) {
        JsonNode error = Program.json(String.valueOf(http.getMessage())).path("error");
        return new Outcome.Trouble(
            told.getClass().getSimpleName(),
            http.statusCode(),
            error.path("type").textValue(),
            error.path("code").textValue());
      }
    }
    return new Outcome.Trouble(told.getClass().getSimpleName(), 0, null, null);
  }
}
