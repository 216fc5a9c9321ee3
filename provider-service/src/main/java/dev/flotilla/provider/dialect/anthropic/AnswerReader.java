package dev.flotilla.provider.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import org.jspecify.annotations.Nullable;

/** Turns a whole message into a chat completion. */
final class AnswerReader {
  private AnswerReader() {}

  /**
   * Null when it is no message.
   *
   * @param created Unix seconds; Anthropic does not say
   */
  static @Nullable ObjectNode read(ObjectNode answer, long created) {
    if (!answer.path("type").asText().equals("message") || !answer.path("content").isArray()) {
      return null;
    }
    String stop = answer.path("stop_reason").textValue();
    ObjectNode body = Json.object();
    body.set("id", answer.path("id"));
    body.put("object", "chat.completion").put("created", created);
    body.set("model", answer.path("model"));
    ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
    ObjectNode message = message(answer.path("content"));
    message.put(
        "refusal",
        Finish.refusal(
            stop,
            answer.path("stop_details").path("explanation").textValue(),
            !message.path("content").asText("").isEmpty()));
    choice.set("message", message);
    choice.putNull("logprobs").put("finish_reason", Finish.of(stop));
    ObjectNode usage = NativeUsage.toOpenAi(answer.path("usage"));
    if (usage != null) {
      body.set("usage", usage);
    }
    return body;
  }

  private static ObjectNode message(JsonNode blocks) {
    var text = new StringBuilder();
    var thoughts = new StringBuilder();
    ArrayNode details = Json.object().putArray("details");
    ArrayNode calls = Json.object().putArray("calls");
    int index = 0;
    boolean hasText = false;
    for (JsonNode block : blocks) {
      switch (block.path("type").asText()) {
        case "text" -> {
          hasText = true;
          text.append(block.path("text").asText());
        }
        case "thinking" -> {
          thoughts.append(block.path("thinking").asText());
          ObjectNode detail = Thoughts.begun(index);
          detail.set("text", block.path("thinking"));
          details.add(detail.<ObjectNode>set("signature", block.path("signature")));
        }
        case "redacted_thinking" -> details.add(Thoughts.encrypted(index, block.path("data")));
        case "tool_use" -> {
          ObjectNode call = calls.addObject();
          call.set("id", block.path("id"));
          ObjectNode function = call.put("type", "function").putObject("function");
          function.set("name", block.path("name"));
          function.put("arguments", Json.text(block.path("input")));
        }
        // Blocks of tools that run at Anthropic, which this dialect never offers.
        default -> {}
      }
      index++;
    }
    ObjectNode message = Json.object().put("role", "assistant");
    message.put("content", hasText || calls.isEmpty() ? text.toString() : null);
    if (!thoughts.isEmpty()) {
      message.put("reasoning_content", thoughts.toString());
    }
    if (!details.isEmpty()) {
      message.set("reasoning_details", details);
    }
    if (!calls.isEmpty()) {
      message.set("tool_calls", calls);
    }
    return message;
  }
}
