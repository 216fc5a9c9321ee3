package dev.flotilla.router.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;

/** Tools and the choice among them. Only tools that the caller runs can be offered to any model. */
final class Tools {
  private Tools() {}

  static void read(JsonNode tools, ObjectNode chat) throws Untranslatable {
    if (!tools.isArray()) {
      throw Untranslatable.wrong("tools", "must be a list");
    }
    if (tools.isEmpty()) {
      return;
    }
    ArrayNode written = chat.putArray("tools");
    int at = 0;
    for (JsonNode tool : tools) {
      written.add(tool(tool, "tools[" + at++ + "]"));
    }
  }

  private static ObjectNode tool(JsonNode tool, String place) throws Untranslatable {
    if (!tool.path("type").asText("custom").equals("custom") && !tool.path("type").isNull()) {
      throw Untranslatable.noWords(
          place + ".type", "offer a tool of your own, with a name and an input_schema");
    }
    Untranslatable.unlessKnown(
        tool,
        place,
        "type",
        "name",
        "description",
        "input_schema",
        "strict",
        "cache_control",
        // When the arguments arrive, not what they are.
        "eager_input_streaming");
    if (!tool.path("name").isTextual() || !tool.path("input_schema").isObject()) {
      throw Untranslatable.wrong(place, "must have a name and an input_schema");
    }
    ObjectNode written = Json.object().put("type", "function");
    ObjectNode function = written.putObject("function");
    function.set("name", tool.path("name"));
    if (tool.path("description").isTextual()) {
      function.set("description", tool.path("description"));
    }
    function.set("parameters", tool.path("input_schema"));
    if (tool.path("strict").isBoolean()) {
      function.set("strict", tool.path("strict"));
    }
    if (tool.hasNonNull("cache_control")) {
      written.set("cache_control", tool.path("cache_control"));
    }
    return written;
  }

  /** To be read after the tools. */
  static void choice(JsonNode choice, ObjectNode chat) throws Untranslatable {
    Untranslatable.unlessKnown(choice, "tool_choice", "type", "name", "disable_parallel_tool_use");
    String type = choice.path("type").asText();
    if (!chat.has("tools") && (type.equals("auto") || type.equals("none"))) {
      // OpenAI refuses a choice among nothing.
      return;
    }
    switch (type) {
      case "auto" -> chat.put("tool_choice", "auto");
      case "any" -> chat.put("tool_choice", "required");
      case "none" -> chat.put("tool_choice", "none");
      case "tool" -> {
        if (!choice.path("name").isTextual()) {
          throw Untranslatable.wrong("tool_choice.name", "must be the name of a tool");
        }
        chat.putObject("tool_choice")
            .put("type", "function")
            .putObject("function")
            .set("name", choice.path("name"));
      }
      default -> throw Untranslatable.wrong("tool_choice.type", "must be auto, any, tool or none");
    }
    if (choice.path("disable_parallel_tool_use").asBoolean(false)) {
      chat.put("parallel_tool_calls", false);
    }
  }
}
