package dev.flotilla.router.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.flotilla.kit.json.Json;

/** Functions and the choice among them. Only tools that the caller runs can be offered here. */
final class Tools {
  private Tools() {}

  static void read(JsonNode tools, ObjectNode chat) throws NotHere {
    if (!tools.isArray()) {
      throw NotHere.wrong("tools", "must be a list");
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

  private static ObjectNode tool(JsonNode tool, String place) throws NotHere {
    if (!tool.path("type").asText().equals("function")) {
      throw NotHere.unsupported(
          place + ".type",
          "tools of this kind run at OpenAI or mean something to its models only; offer a tool of"
              + " type function, and run it yourself");
    }
    NotHere.unlessKnown(tool, place, "type", "name", "description", "parameters", "strict");
    if (!tool.path("name").isTextual()) {
      throw NotHere.wrong(place + ".name", "must be the name of a function");
    }
    ObjectNode written = Json.object().put("type", "function");
    ObjectNode function = written.putObject("function");
    for (String field : new String[] {"name", "description", "parameters", "strict"}) {
      if (tool.hasNonNull(field)) {
        function.set(field, tool.path(field));
      }
    }
    return written;
  }

  static JsonNode choice(JsonNode choice) throws NotHere {
    if (choice.isTextual()) {
      return switch (choice.textValue()) {
        case "auto", "none", "required" -> choice;
        default -> throw NotHere.wrong("tool_choice", "must be auto, none, required or a function");
      };
    }
    if (!choice.path("type").asText().equals("function") || !choice.path("name").isTextual()) {
      throw NotHere.unsupported(
          "tool_choice",
          "write \"auto\", \"none\", \"required\" or {\"type\": \"function\", \"name\": …}");
    }
    NotHere.unlessKnown(choice, "tool_choice", "type", "name");
    ObjectNode written = Json.object().put("type", "function");
    written.putObject("function").set("name", choice.path("name"));
    return written;
  }

  /** OpenAI's chat refuses a choice among nothing; these two come to the same without it. */
  static boolean isChoiceOfNone(JsonNode choice) {
    return choice.equals(TextNode.valueOf("auto")) || choice.equals(TextNode.valueOf("none"));
  }
}
