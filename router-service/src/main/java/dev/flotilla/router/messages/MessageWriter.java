package dev.flotilla.router.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;

/** A whole chat completion as a message. */
final class MessageWriter {
  private MessageWriter() {}

  /**
   * @param withThoughts whether thoughts that nobody has signed are shown
   */
  static ObjectNode write(ObjectNode completion, boolean withThoughts) {
    JsonNode choice = completion.path("choices").path(0);
    JsonNode said = choice.path("message");
    ObjectNode message = head(completion);
    ArrayNode content = message.putArray("content");
    thoughts(said, withThoughts, content);
    for (String field : new String[] {"content", "refusal"}) {
      String text = said.path(field).asText("");
      if (said.path(field).isTextual() && !text.isEmpty()) {
        content.addObject().put("type", "text").put("text", text);
      }
    }
    for (JsonNode call : said.path("tool_calls")) {
      JsonNode function = call.path("function");
      ObjectNode block = call(call.path("id").asText(""), function.path("name").asText(""));
      block.set("input", input(function.path("arguments").asText("")));
      content.add(block);
    }
    message.put(
        "stop_reason",
        StopReason.of(
            choice.path("finish_reason").textValue(), !said.path("tool_calls").isEmpty()));
    message.putNull("stop_sequence");
    message.set("usage", MessageUsage.of(completion.path("usage")));
    if (completion.has("route")) {
      message.set("route", completion.path("route"));
    }
    return message;
  }

  /** What a message begins with, from a completion or a chunk of one. */
  static ObjectNode head(JsonNode completion) {
    String id = completion.path("id").asText("");
    ObjectNode head = Json.object();
    head.put("id", id.startsWith("msg_") ? id : "msg_" + id.replaceFirst("^chatcmpl-", ""));
    head.put("type", "message").put("role", "assistant");
    return head.put("model", completion.path("model").asText(""));
  }

  /** A call without its input. */
  static ObjectNode call(String id, String name) {
    ObjectNode block = Json.object().put("type", "tool_use").put("id", id).put("name", name);
    // By the model itself, not by a program that it wrote.
    block.putObject("caller").put("type", "direct");
    block.putObject("input");
    return block;
  }

  private static void thoughts(JsonNode said, boolean withThoughts, ArrayNode content) {
    boolean signed = false;
    for (JsonNode detail : said.path("reasoning_details")) {
      if (!detail.path("format").asText().equals(Thoughts.FORMAT)) {
        continue;
      }
      signed = true;
      ObjectNode block = content.addObject();
      if (detail.path("type").asText().equals(Thoughts.ENCRYPTED)) {
        block.put("type", "redacted_thinking").set("data", detail.path("data"));
      } else {
        block.put("type", "thinking").put("thinking", detail.path("text").asText(""));
        block.put("signature", detail.path("signature").asText(""));
      }
    }
    String thought = thought(said);
    if (!signed && withThoughts && !thought.isEmpty()) {
      content.addObject().put("type", "thinking").put("thinking", thought).put("signature", "");
    }
  }

  /** What a model that signs nothing thought; providers do not agree about the name. */
  static String thought(JsonNode said) {
    String content = said.path("reasoning_content").asText("");
    return content.isEmpty() && said.path("reasoning").isTextual()
        ? said.path("reasoning").textValue()
        : content;
  }

  /**
   * A call's arguments. Validation has refused what is no object; where it could not, the text is
   * kept rather than lost.
   */
  private static JsonNode input(String arguments) {
    try {
      JsonNode input = arguments.isBlank() ? Json.object() : Json.parse(arguments);
      if (input.isObject()) {
        return input;
      }
    } catch (NotJson e) {
      return Json.object().put("arguments", arguments);
    }
    return Json.object().put("arguments", arguments);
  }
}
