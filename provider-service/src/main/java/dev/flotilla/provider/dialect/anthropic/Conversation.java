package dev.flotilla.provider.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Messages as turns: system messages at the start become the system prompt, neighbours of one role
 * one turn, and results of tools the beginning of the user's turn that follows the calls.
 */
final class Conversation {
  private static final Pattern ID = Pattern.compile("[a-zA-Z0-9_-]+");

  private final Model model;
  private final ArrayNode system = Json.object().putArray("system");
  private final ArrayNode turns = Json.object().putArray("turns");
  private final Set<String> calls = new HashSet<>();
  private String role = "";

  Conversation(Model model, JsonNode messages) throws Unsayable {
    this.model = model;
    int at = 0;
    for (JsonNode message : messages) {
      add(message, "messages[" + at++ + "]");
    }
    if (!role.equals("user") && !role.equals("system")) {
      throw Unsayable.here(
          "messages", "the last message must be a user's, a tool's or a system message after one");
    }
  }

  void writeTo(ObjectNode out) {
    if (!system.isEmpty()) {
      out.set("system", system);
    }
    out.set("messages", turns);
  }

  /** Whether tools were called without a thought that the caller sent back, and have answered. */
  boolean actsWithoutThought() {
    JsonNode results = turns.path(turns.size() - 1).path("content").path(0);
    JsonNode acting = turns.path(turns.size() - 2).path("content").path(0).path("type");
    return results.path("type").asText().equals("tool_result")
        && !acting.asText().endsWith("thinking");
  }

  private void add(JsonNode message, String path) throws Unsayable {
    switch (message.path("role").asText()) {
      case "system", "developer" -> system(message, path);
      case "user" -> {
        Parts.known(message, path, "role", "content");
        List<ObjectNode> blocks = Parts.blocks(message.path("content"), path + ".content", false);
        if (blocks.isEmpty()) {
          throw Unsayable.here(path + ".content", "it must not be empty");
        }
        turn("user").addAll(blocks);
      }
      case "assistant" -> assistant(message, path);
      case "tool" -> result(message, path);
      default ->
          throw Unsayable.here(path + ".role", "write system, developer, user, assistant or tool");
    }
  }

  private void system(JsonNode message, String path) throws Unsayable {
    Parts.known(message, path, "role", "content");
    List<ObjectNode> blocks = Parts.blocks(message.path("content"), path + ".content", true);
    if (turns.isEmpty()) {
      system.addAll(blocks);
    } else if (Feature.SYSTEM_MESSAGES.of(model) && !role.equals("assistant")) {
      turn("system").addAll(blocks);
    } else {
      throw Unsayable.here(path + ".role", "system messages must come first for this one");
    }
  }

  private void assistant(JsonNode message, String path) throws Unsayable {
    Parts.known(
        message,
        path,
        "role",
        "content",
        "refusal",
        "tool_calls",
        "annotations",
        "reasoning",
        "reasoning_content",
        "reasoning_details",
        // what Gemini signs its thoughts with: of no use here, and no reason to refuse
        "extra_content");
    if (turns.isEmpty()) {
      throw Unsayable.here(path + ".role", "a conversation must begin with the user");
    }
    ArrayNode turn = turn("assistant");
    turn.addAll(Thoughts.read(message.path("reasoning_details")));
    turn.addAll(Parts.blocks(message.path("content"), path + ".content", true));
    turn.addAll(Parts.blocks(message.path("refusal"), path + ".refusal", true));
    calls.clear();
    int at = 0;
    for (JsonNode call : message.path("tool_calls")) {
      turn.add(call(call, path + ".tool_calls[" + at++ + "]"));
    }
    if (turn.isEmpty()) {
      throw Unsayable.here(path + ".content", "it must not be empty");
    }
  }

  private ObjectNode call(JsonNode call, String path) throws Unsayable {
    JsonNode function = call.path("function");
    String id = call.path("id").asText();
    if (id.isEmpty() || !function.path("name").isTextual()) {
      throw Unsayable.here(path, "write a function call with an id and a name");
    }
    calls.add(id);
    String arguments = function.path("arguments").asText();
    try {
      JsonNode input = arguments.isBlank() ? Json.object() : Json.parse(arguments);
      if (input.isObject()) {
        ObjectNode block = Json.object().put("type", "tool_use").put("id", id(id));
        block.set("name", function.path("name"));
        return block.set("input", input);
      }
    } catch (NotJson e) {
      throw noObject(path);
    }
    throw noObject(path);
  }

  private static Unsayable noObject(String path) {
    return Unsayable.here(path + ".function.arguments", "it must be a JSON object as text");
  }

  private void result(JsonNode message, String path) throws Unsayable {
    // Some clients repeat the function's name.
    Parts.known(message, path, "role", "content", "tool_call_id", "name");
    String id = message.path("tool_call_id").asText();
    if (!calls.contains(id)) {
      throw Unsayable.anywhere(
          path + ".tool_call_id", "answers no call of the assistant's message before it");
    }
    ObjectNode block = Json.object().put("type", "tool_result").put("tool_use_id", id(id));
    List<ObjectNode> blocks = Parts.blocks(message.path("content"), path + ".content", false);
    if (!blocks.isEmpty()) {
      // The mark is the result's: within it Anthropic takes none from older callers.
      JsonNode mark = blocks.getLast().remove("cache_control");
      if (mark != null) {
        block.set("cache_control", mark);
      }
      block.putArray("content").addAll(blocks);
    }
    ArrayNode turn = turn("user");
    int after = 0;
    while (turn.path(after).path("type").asText().equals("tool_result")) {
      after++;
    }
    turn.insert(after, block);
  }

  /** Other providers' ids may have characters that Anthropic refuses. */
  private static String id(String id) {
    return ID.matcher(id).matches()
        ? id
        : "call_" + UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8));
  }

  private ArrayNode turn(String next) {
    if (role.equals(next)) {
      return (ArrayNode) turns.path(turns.size() - 1).path("content");
    }
    role = next;
    return turns.addObject().put("role", next).putArray("content");
  }
}
