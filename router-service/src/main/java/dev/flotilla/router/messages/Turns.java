package dev.flotilla.router.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;

/**
 * Turns as messages: the system prompt becomes the first of them, each result of a tool one of its
 * own right after the calls, and what the user says beside results the one that follows.
 */
final class Turns {
  private final ArrayNode messages = Json.object().putArray("messages");

  private Turns() {}

  static ArrayNode read(JsonNode system, JsonNode turns) throws Untranslatable {
    var read = new Turns();
    if (!system.isMissingNode() && !system.isNull()) {
      read.system(system, "system");
    }
    if (!turns.isArray() || turns.isEmpty()) {
      throw Untranslatable.wrong(
          "messages",
          "must be a list with at least one message, e.g. [{\"role\": \"user\", \"content\": \"Hello\"}]");
    }
    int at = 0;
    for (JsonNode turn : turns) {
      read.turn(turn, "messages[" + at++ + "]");
    }
    if (turns.path(at - 1).path("role").asText().equals("assistant")) {
      throw Untranslatable.noWords(
          "messages[" + (at - 1) + "]",
          "not every model goes on where an answer was begun for it, so end with the user");
    }
    return read.messages;
  }

  private void turn(JsonNode turn, String place) throws Untranslatable {
    Untranslatable.unlessKnown(turn, place, "role", "content");
    String content = place + ".content";
    switch (turn.path("role").asText()) {
      case "user" -> user(turn.path("content"), content);
      case "assistant" -> assistant(turn.path("content"), content);
      case "system" -> system(turn.path("content"), content);
      default -> throw Untranslatable.wrong(place + ".role", "must be user or assistant");
    }
  }

  private void system(JsonNode content, String place) throws Untranslatable {
    Parts parts = new Parts();
    int at = 0;
    for (JsonNode block : blocks(content, place)) {
      parts.addText(block, place + "[" + at++ + "]");
    }
    if (!parts.isEmpty()) {
      add("system").set("content", parts.content());
    }
  }

  private void user(JsonNode content, String place) throws Untranslatable {
    // Results first: nothing may stand between calls and them.
    var said = new Parts();
    var shown = new Parts();
    boolean results = false;
    int at = 0;
    for (JsonNode block : blocks(content, place)) {
      String here = place + "[" + at++ + "]";
      if (block.path("type").asText().equals("tool_result")) {
        result(block, here, shown);
        results = true;
      } else {
        said.add(block, here);
      }
    }
    shown.addAll(said);
    if (!shown.isEmpty()) {
      add("user").set("content", shown.content());
    } else if (!results) {
      throw Untranslatable.wrong(place, "must not be empty");
    }
  }

  /**
   * @param shown takes what a tool's message cannot hold: pictures and documents
   */
  private void result(JsonNode block, String place, Parts shown) throws Untranslatable {
    Untranslatable.unlessKnown(
        block, place, "type", "tool_use_id", "content", "is_error", "cache_control");
    JsonNode id = block.path("tool_use_id");
    if (!id.isTextual()) {
      throw Untranslatable.wrong(place + ".tool_use_id", "must be the id of a call");
    }
    var text = new Parts();
    if (block.path("is_error").asBoolean(false)) {
      text.addText("Error:");
    }
    var beside = new Parts();
    JsonNode content = block.path("content");
    if (!content.isMissingNode() && !content.isNull()) {
      String within = place + ".content";
      int at = 0;
      for (JsonNode part : blocks(content, within)) {
        String here = within + "[" + at++ + "]";
        if (part.path("type").asText().equals("text")) {
          text.addText(part, here);
        } else {
          beside.add(part, here);
        }
      }
    }
    if (!beside.isEmpty()) {
      text.addText("What the tool returned is shown in the next message.");
      shown.addText("Returned by the tool call " + id.textValue() + ":");
      shown.addAll(beside);
    }
    text.mark(block.path("cache_control"));
    ObjectNode message = add("tool");
    message.set("tool_call_id", id);
    message.set("content", text.joined());
  }

  private void assistant(JsonNode content, String place) throws Untranslatable {
    var text = new Parts();
    var thoughts = new Thoughts();
    ArrayNode calls = Json.object().putArray("calls");
    int at = 0;
    for (JsonNode block : blocks(content, place)) {
      String here = place + "[" + at++ + "]";
      switch (block.path("type").asText()) {
        case "text" -> text.addText(block, here);
        case "thinking", "redacted_thinking" -> thoughts.add(block, here);
        case "tool_use" -> calls.add(call(block, here));
        default ->
            throw Untranslatable.noWords(
                here + ".type",
                "blocks of the assistant here are text, thinking, redacted_thinking and tool_use");
      }
    }
    ObjectNode message = add("assistant");
    message.set("content", text.isEmpty() ? Json.object().nullNode() : text.content());
    thoughts.writeTo(message);
    if (!calls.isEmpty()) {
      message.set("tool_calls", calls);
    } else if (text.isEmpty()) {
      // An answer of nothing but thoughts; providers want some content.
      message.put("content", "");
    }
  }

  private static ObjectNode call(JsonNode block, String place) throws Untranslatable {
    Untranslatable.unlessKnown(
        block, place, "type", "id", "name", "input", "cache_control", "caller");
    if (block.path("caller").path("type").asText("direct").equals("direct")
        && block.path("id").isTextual()
        && block.path("name").isTextual()
        && block.path("input").isObject()) {
      ObjectNode call = Json.object();
      call.set("id", block.path("id"));
      ObjectNode function = call.put("type", "function").putObject("function");
      function.set("name", block.path("name"));
      function.put("arguments", Json.text(block.path("input")));
      return call;
    }
    throw Untranslatable.wrong(place, "must have an id, a name and an object as input");
  }

  private ObjectNode add(String role) {
    return messages.addObject().put("role", role);
  }

  /** A text is a block of it. */
  private static JsonNode blocks(JsonNode content, String place) throws Untranslatable {
    if (content.isTextual()) {
      ArrayNode one = Json.object().putArray("one");
      if (!content.textValue().isEmpty()) {
        one.addObject().put("type", "text").set("text", content);
      }
      return one;
    }
    if (!content.isArray()) {
      throw Untranslatable.wrong(place, "must be a text or a list of blocks");
    }
    return content;
  }
}
