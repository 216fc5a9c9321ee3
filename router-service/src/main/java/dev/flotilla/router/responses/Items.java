package dev.flotilla.router.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;

/**
 * Items as messages: calls that follow each other, or a message of the assistant, become one
 * message with them; each result of a call is one of its own; what the model thought goes with what
 * it said next, as {@code reasoning_content}, where those who wrote it find it.
 */
final class Items {
  private final ArrayNode messages = Json.object().putArray("messages");
  private final StringBuilder thought = new StringBuilder();

  private Items() {}

  static ArrayNode read(JsonNode instructions, JsonNode input) throws NotHere {
    var read = new Items();
    if (instructions.isTextual()) {
      read.add("system").set("content", instructions);
    } else if (!instructions.isMissingNode() && !instructions.isNull()) {
      throw NotHere.wrong("instructions", "must be a text");
    }
    if (input.isTextual()) {
      read.add("user").set("content", input);
      return read.messages;
    }
    if (!input.isArray() || input.isEmpty()) {
      throw NotHere.wrong(
          "input", "must be a text, or a list of items with at least one, such as a message");
    }
    int at = 0;
    for (JsonNode item : input) {
      read.item(item, "input[" + at++ + "]");
    }
    read.settleThought();
    return read.messages;
  }

  private void item(JsonNode item, String place) throws NotHere {
    switch (item.path("type").asText("message")) {
      case "message" -> message(item, place);
      case "function_call" -> call(item, place);
      case "function_call_output" -> result(item, place);
      case "reasoning" -> reasoning(item, place);
      case "item_reference" ->
          throw NotHere.unsupported(
              place + ".type", "nothing is stored, so send the item itself instead of its id");
      default ->
          throw NotHere.unsupported(
              place + ".type",
              "write items of type message, function_call, function_call_output or reasoning");
    }
  }

  private void message(JsonNode item, String place) throws NotHere {
    // The phase says how a client shows a message; no model reads it.
    NotHere.unlessKnown(item, place, "type", "role", "content", "id", "status", "phase");
    String role = item.path("role").asText();
    String within = place + ".content";
    switch (role) {
      case "user", "system", "developer" -> {
        settleThought();
        JsonNode content = Parts.read(item.path("content"), within, role.equals("user"));
        add(role).set("content", content);
      }
      case "assistant" -> {
        ObjectNode message = Parts.said(item.path("content"), within);
        messages.add(withThought(message));
      }
      default ->
          throw NotHere.wrong(place + ".role", "must be user, assistant, system or developer");
    }
  }

  private void call(JsonNode item, String place) throws NotHere {
    NotHere.unlessKnown(item, place, "type", "id", "call_id", "name", "arguments", "status");
    for (String field : new String[] {"call_id", "name", "arguments"}) {
      if (!item.path(field).isTextual()) {
        throw NotHere.wrong(place + "." + field, "must be a text, as it was in the output");
      }
    }
    ObjectNode last =
        messages.isEmpty() ? Json.object() : (ObjectNode) messages.get(messages.size() - 1);
    if (!last.path("role").asText().equals("assistant") || !thought.isEmpty()) {
      last = withThought(Json.object().put("role", "assistant").putNull("content"));
      messages.add(last);
    }
    ObjectNode call = last.withArray("tool_calls").addObject();
    call.set("id", item.path("call_id"));
    ObjectNode function = call.put("type", "function").putObject("function");
    function.set("name", item.path("name"));
    function.set("arguments", item.path("arguments"));
  }

  private void result(JsonNode item, String place) throws NotHere {
    NotHere.unlessKnown(item, place, "type", "id", "call_id", "output", "status");
    if (!item.path("call_id").isTextual()) {
      throw NotHere.wrong(place + ".call_id", "must be the call_id of a function_call");
    }
    settleThought();
    ObjectNode message = add("tool");
    message.set("tool_call_id", item.path("call_id"));
    message.set("content", Parts.returned(item.path("output"), place + ".output"));
  }

  private void reasoning(JsonNode item, String place) throws NotHere {
    NotHere.unlessKnown(
        item, place, "type", "id", "summary", "content", "encrypted_content", "status");
    if (!item.path("encrypted_content").asText("").isEmpty()) {
      throw NotHere.unsupported(
          place + ".encrypted_content",
          "only who encrypted it can read it, and that may be none of the models here; leave the"
              + " item out");
    }
    JsonNode texts = item.path("content").isEmpty() ? item.path("summary") : item.path("content");
    for (JsonNode text : texts) {
      if (!text.path("text").isTextual()) {
        throw NotHere.wrong(place, "must hold texts in 'content' or 'summary'");
      }
      thought.append(thought.isEmpty() ? "" : "\n").append(text.path("text").textValue());
    }
  }

  private ObjectNode withThought(ObjectNode message) {
    if (!thought.isEmpty()) {
      message.put("reasoning_content", thought.toString());
      thought.setLength(0);
    }
    return message;
  }

  /** A thought that led to nothing is a message of its own; providers want some content. */
  private void settleThought() {
    if (!thought.isEmpty()) {
      messages.add(withThought(Json.object().put("role", "assistant").put("content", "")));
    }
  }

  private ObjectNode add(String role) {
    return messages.addObject().put("role", role);
  }
}
