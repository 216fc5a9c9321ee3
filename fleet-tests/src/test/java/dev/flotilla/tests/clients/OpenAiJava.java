package dev.flotilla.tests.clients;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionAssistantMessageParam;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionMessageToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import java.util.List;
import java.util.Map;

/** Written with OpenAI's library for Java. */
public final class OpenAiJava implements Program {
  private final OpenAIClient client;

  /** Of the newest stream. */
  private int pieces;

  public OpenAiJava(Door door) {
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl(door.openAiUrl())
            .apiKey(door.key())
            .maxRetries(0)
            .build();
  }

  /** The form of an answer. */
  public static final class Ferry {
    public String name = "";
    public int seats;
  }

  @Override
  public Outcome play(Act act, String model, String text, Runnable heard) {
    var seen = new Seen(heard);
    try {
      return switch (act) {
        case ASK -> whole(params(model).addUserMessage(text));
        case ASK_BRIEFLY -> whole(params(model).addUserMessage(text).maxCompletionTokens(2));
        case STREAM -> streamed(params(model).addUserMessage(text), seen);
        case CALL_TOOLS -> tools(weather(model, text), false, seen);
        case STREAM_TOOLS -> tools(weather(model, text), true, seen);
        case ASK_FOR_JSON -> ferry(model, text);
        case SHOW_PICTURE ->
            whole(params(model).addUserMessageOfArrayOfContentParts(picture(text)));
        case GO_ON -> streamed(conversation(model, text), seen);
      };
    } catch (OpenAIServiceException e) {
      return Outcome.failed(
          seen.text(),
          new Outcome.Trouble(
              e.getClass().getSimpleName(),
              e.statusCode(),
              e.type().orElse(null),
              e.code().orElse(null)));
    } catch (OpenAIException e) {
      return Outcome.failed(
          seen.text(), new Outcome.Trouble(e.getClass().getSimpleName(), 0, null, null));
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private static ChatCompletionCreateParams.Builder params(String model) {
    return ChatCompletionCreateParams.builder().model(model);
  }

  private static List<ChatCompletionContentPart> picture(String text) {
    var image =
        ChatCompletionContentPartImage.ImageUrl.builder()
            .url("data:image/png;base64," + PICTURE)
            .build();
    return List.of(
        ChatCompletionContentPart.ofText(
            ChatCompletionContentPartText.builder().text(text).build()),
        ChatCompletionContentPart.ofImageUrl(
            ChatCompletionContentPartImage.builder().imageUrl(image).build()));
  }

  private static ChatCompletionCreateParams.Builder conversation(String model, String text) {
    var function =
        ChatCompletionMessageFunctionToolCall.Function.builder()
            .name("weather")
            .arguments("{\"city\":\"Karachi\"}")
            .build();
    var call = ChatCompletionMessageFunctionToolCall.builder().id(CALL).function(function).build();
    return params(model)
        .addSystemMessage("You look at the weather.")
        .addUserMessage(text)
        .tools(weather(model, text).build().tools().orElseThrow())
        .addMessage(ChatCompletionAssistantMessageParam.builder().addToolCall(call).build())
        .addMessage(
            ChatCompletionToolMessageParam.builder()
                .toolCallId(CALL)
                .content(Program.weatherIn("Karachi"))
                .build())
        .addUserMessageOfArrayOfContentParts(picture("And this?"));
  }

  private static ChatCompletionCreateParams.Builder weather(String model, String text) {
    var parameters =
        JsonValue.from(
                Map.of(
                    "type",
                    "object",
                    "properties",
                    Map.of("city", Map.of("type", "string")),
                    "required",
                    List.of("city")))
            .convert(FunctionParameters.class);
    return params(model)
        .addUserMessage(text)
        .addFunctionTool(
            FunctionDefinition.builder().name("weather").parameters(parameters).build())
        .parallelToolCalls(true);
  }

  private Outcome ferry(String model, String text) {
    var completion =
        client
            .chat()
            .completions()
            .create(params(model).addUserMessage(text).responseFormat(Ferry.class).build());
    Ferry ferry = completion.choices().getFirst().message().content().orElseThrow();
    var usage = completion.rawChatCompletion().usage().orElseThrow();
    return new Outcome(
        ferry.name + " " + ferry.seats,
        List.of(),
        completion.choices().getFirst().finishReason().asString(),
        1,
        usage.promptTokens(),
        usage.completionTokens(),
        completion.model(),
        null);
  }

  private Outcome tools(ChatCompletionCreateParams.Builder params, boolean stream, Seen seen) {
    ChatCompletion first = answer(params, stream, seen);
    Outcome called = outcome(first, stream ? pieces : 1);
    params.addMessage(first.choices().getFirst().message());
    for (Outcome.Call call : called.calls()) {
      params.addMessage(
          ChatCompletionToolMessageParam.builder()
              .toolCallId(call.id())
              .content(Program.weatherIn(Program.json(call.arguments()).path("city").asText()))
              .build());
    }
    return called.then(outcome(answer(params, stream, seen), 1));
  }

  private Outcome whole(ChatCompletionCreateParams.Builder params) {
    return outcome(answer(params, false, new Seen(() -> {})), 1);
  }

  private Outcome streamed(ChatCompletionCreateParams.Builder params, Seen seen) {
    return outcome(answer(params, true, seen), pieces);
  }

  /**
   * @param seen takes the text of a stream as it comes
   */
  private ChatCompletion answer(
      ChatCompletionCreateParams.Builder params, boolean stream, Seen seen) {
    if (!stream) {
      return client.chat().completions().create(params.build()).validate();
    }
    var whole = ChatCompletionAccumulator.create();
    pieces = 0;
    params.streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build());
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params.build())) {
      chunks.stream()
          .forEach(
              chunk -> {
                whole.accumulate(chunk.validate());
                for (var choice : chunk.choices()) {
                  String text = choice.delta().content().orElse("");
                  seen.add(text);
                  pieces += text.isEmpty() && choice.delta().toolCalls().isEmpty() ? 0 : 1;
                }
              });
    }
    return whole.chatCompletion();
  }

  private static Outcome outcome(ChatCompletion completion, int pieces) {
    var choice = completion.choices().getFirst();
    var usage = completion.usage();
    return new Outcome(
        choice.message().content().orElse(""),
        choice.message().toolCalls().orElse(List.of()).stream().map(OpenAiJava::call).toList(),
        choice.finishReason().asString(),
        pieces,
        usage.map(u -> u.promptTokens()).orElse(0L),
        usage.map(u -> u.completionTokens()).orElse(0L),
        completion.model(),
        null);
  }

  private static Outcome.Call call(ChatCompletionMessageToolCall call) {
    var function = call.asFunction();
    return new Outcome.Call(
        function.id(),
        function.function().name(),
        Program.json(function.function().arguments()).toString());
  }
}
