package dev.flotilla.tests.clients;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicException;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Base64ImageSource;
import com.anthropic.models.messages.CacheControlEphemeral;
import com.anthropic.models.messages.ContentBlockParam;
import com.anthropic.models.messages.JsonOutputFormat;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.OutputConfig;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.StopReason;
import com.anthropic.models.messages.TextBlock;
import com.anthropic.models.messages.TextBlockParam;
import com.anthropic.models.messages.ThinkingBlockParam;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolResultBlockParam;
import com.anthropic.models.messages.ToolUseBlock;
import com.anthropic.models.messages.ToolUseBlockParam;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Written with Anthropic's library for Java. */
public final class AnthropicJava implements Program {
  private final AnthropicClient client;

  /** Of the newest stream. */
  private int pieces;

  public AnthropicJava(Door door) {
    client =
        AnthropicOkHttpClient.builder()
            .baseUrl(door.url().toString())
            .apiKey(door.key())
            .maxRetries(0)
            .build();
  }

  @Override
  public Outcome play(Act act, String model, String text, Runnable heard) {
    var seen = new Seen(heard);
    try {
      return switch (act) {
        case ASK -> outcome(answer(params(model).addUserMessage(text), false, seen), 1);
        case ASK_BRIEFLY ->
            outcome(answer(params(model).addUserMessage(text).maxTokens(2), false, seen), 1);
        case STREAM -> {
          Message message = answer(params(model).addUserMessage(text), true, seen);
          yield outcome(message, pieces);
        }
        case CALL_TOOLS -> tools(weather(model, text), false, seen);
        case STREAM_TOOLS -> tools(weather(model, text), true, seen);
        case ASK_FOR_JSON -> ferry(answer(form(model, text), false, seen));
        case GO_ON -> {
          Message message = answer(conversation(model, text), true, seen);
          yield outcome(message, pieces);
        }
        case SHOW_PICTURE -> outcome(answer(picture(model, text), false, seen), 1);
      };
    } catch (AnthropicServiceException e) {
      JsonNode error = Program.json(e.body().convert(JsonNode.class).toString()).path("error");
      return Outcome.failed(
          seen.text(),
          new Outcome.Trouble(
              e.getClass().getSimpleName(),
              e.statusCode(),
              error.path("type").textValue(),
              error.path("code").textValue()));
    } catch (AnthropicException e) {
      return Outcome.failed(
          seen.text(), new Outcome.Trouble(e.getClass().getSimpleName(), 0, null, null));
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private static MessageCreateParams.Builder params(String model) {
    return MessageCreateParams.builder().model(model).maxTokens(1_000);
  }

  private static MessageCreateParams.Builder picture(String model, String text) {
    return params(model)
        .addUserMessageOfContentBlockParams(
            List.of(ContentBlockParam.ofText(text), ContentBlockParam.ofImage(picture())));
  }

  private static Base64ImageSource picture() {
    return Base64ImageSource.builder()
        .mediaType(Base64ImageSource.MediaType.IMAGE_PNG)
        .data(PICTURE)
        .build();
  }

  private static MessageCreateParams.Builder conversation(String model, String text) {
    var mark = CacheControlEphemeral.builder().build();
    var input =
        ToolUseBlockParam.Input.builder()
            .putAdditionalProperty("city", JsonValue.from("Karachi"))
            .build();
    var shown =
        List.of(
            ToolResultBlockParam.Content.Block.ofText(Program.weatherIn("Karachi")),
            ToolResultBlockParam.Content.Block.ofImage(picture()));
    return weather(model, text)
        .systemOfTextBlockParams(
            List.of(
                TextBlockParam.builder()
                    .text("You look at the weather.")
                    .cacheControl(mark)
                    .build()))
        .putAdditionalHeader("anthropic-beta", "interleaved-thinking-2025-05-14")
        .addAssistantMessageOfContentBlockParams(
            List.of(
                ContentBlockParam.ofThinking(
                    ThinkingBlockParam.builder()
                        .thinking("I need to look.")
                        .signature(SIGNATURE)
                        .build()),
                ContentBlockParam.ofToolUse(
                    ToolUseBlockParam.builder().id(CALL).name("weather").input(input).build())))
        .addUserMessageOfContentBlockParams(
            List.of(
                ContentBlockParam.ofToolResult(
                    ToolResultBlockParam.builder()
                        .toolUseId(CALL)
                        .contentOfBlocks(shown)
                        .cacheControl(mark)
                        .build())));
  }

  private static MessageCreateParams.Builder weather(String model, String text) {
    var schema =
        Tool.InputSchema.builder()
            .properties(
                Tool.InputSchema.Properties.builder()
                    .putAdditionalProperty("city", JsonValue.from(Map.of("type", "string")))
                    .build())
            .addRequired("city")
            .build();
    return params(model)
        .addUserMessage(text)
        .addTool(Tool.builder().name("weather").inputSchema(schema).build());
  }

  private static MessageCreateParams.Builder form(String model, String text) {
    var schema =
        JsonOutputFormat.Schema.builder()
            .putAdditionalProperty("type", JsonValue.from("object"))
            .putAdditionalProperty(
                "properties",
                JsonValue.from(
                    Map.of("name", Map.of("type", "string"), "seats", Map.of("type", "integer"))))
            .putAdditionalProperty("required", JsonValue.from(List.of("name", "seats")))
            .putAdditionalProperty("additionalProperties", JsonValue.from(false))
            .build();
    return params(model)
        .addUserMessage(text)
        .outputConfig(
            OutputConfig.builder()
                .format(JsonOutputFormat.builder().schema(schema).build())
                .build());
  }

  private static Outcome ferry(Message message) {
    Outcome outcome = outcome(message, 1);
    JsonNode ferry = Program.json(outcome.text());
    return outcome.withText(ferry.path("name").asText() + " " + ferry.path("seats").asInt());
  }

  private Outcome tools(MessageCreateParams.Builder params, boolean stream, Seen seen) {
    Message first = answer(params, stream, seen);
    Outcome called = outcome(first, stream ? pieces : 1);
    var results = new ArrayList<ContentBlockParam>();
    for (Outcome.Call call : called.calls()) {
      results.add(
          ContentBlockParam.ofToolResult(
              ToolResultBlockParam.builder()
                  .toolUseId(call.id())
                  .content(Program.weatherIn(Program.json(call.arguments()).path("city").asText()))
                  .build()));
    }
    params.addMessage(first).addUserMessageOfContentBlockParams(results);
    return called.then(outcome(answer(params, stream, seen), 1));
  }

  /**
   * @param seen takes the text of a stream as it comes
   */
  private Message answer(MessageCreateParams.Builder params, boolean stream, Seen seen) {
    if (!stream) {
      return client.messages().create(params.build()).validate();
    }
    var whole = MessageAccumulator.create();
    pieces = 0;
    try (StreamResponse<RawMessageStreamEvent> events =
        client.messages().createStreaming(params.build())) {
      events.stream()
          .forEach(
              event -> {
                whole.accumulate(event.validate());
                event
                    .contentBlockDelta()
                    .ifPresent(
                        delta -> {
                          pieces++;
                          delta.delta().text().ifPresent(text -> seen.add(text.text()));
                        });
              });
    }
    return whole.message();
  }

  private static Outcome outcome(Message message, int pieces) {
    var usage = message.usage();
    return new Outcome(
        message.content().stream()
            .flatMap(block -> block.text().stream())
            .map(TextBlock::text)
            .collect(Collectors.joining()),
        message.content().stream()
            .flatMap(block -> block.toolUse().stream())
            .map(AnthropicJava::call)
            .toList(),
        message.stopReason().map(StopReason::asString).orElse(null),
        pieces,
        usage.inputTokens() + usage.cacheReadInputTokens().orElse(0L),
        usage.outputTokens(),
        message.model().asString(),
        null);
  }

  private static Outcome.Call call(ToolUseBlock call) {
    return new Outcome.Call(
        call.id(), call.name(), call._input().convert(JsonNode.class).toString());
  }
}
