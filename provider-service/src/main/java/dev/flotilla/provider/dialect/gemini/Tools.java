package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The functions a model may call. Their schemas go as they are ({@code parametersJsonSchema}); a
 * strict one is kept to by Gemini's mode {@code VALIDATED}, which holds for all of them.
 */
final class Tools {
  private Tools() {}

  static void write(ObjectNode body, ObjectNode request) throws Inexpressible {
    JsonNode tools = body.path("tools");
    JsonNode choice = body.path("tool_choice");
    if (tools.isEmpty()) {
      if (!choice.isMissingNode()
          && !choice.isNull()
          && !choice.asText().equals("auto")
          && !choice.asText().equals("none")) {
        throw Inexpressible.invalid("tool_choice", "There are no tools to choose; write 'tools'.");
      }
      return;
    }
    JsonNode parallel = body.path("parallel_tool_calls");
    if (parallel.isBoolean() && !parallel.booleanValue()) {
      throw Inexpressible.unsupported(
          "parallel_tool_calls",
          "Gemini cannot be kept from calling several tools at once; leave 'parallel_tool_calls'"
              + " out or name another model.");
    }
    var declarations = request.putArray("tools").addObject().putArray("functionDeclarations");
    boolean strict = false;
    for (int i = 0; i < tools.size(); i++) {
      JsonNode function = function(tools.path(i), i);
      ObjectNode declaration = declarations.addObject();
      copy(function, "name", declaration, "name");
      copy(function, "description", declaration, "description");
      copy(function, "parameters", declaration, "parametersJsonSchema");
      strict |= function.path("strict").asBoolean();
    }
    ObjectNode config = request.putObject("toolConfig").putObject("functionCallingConfig");
    choose(choice, strict, config);
  }

  private static JsonNode function(JsonNode tool, int i) throws Inexpressible {
    String type = tool.path("type").asText("function");
    if (!type.equals("function")) {
      throw Inexpressible.unsupported(
          "tools[" + i + "].type",
          "Gemini can call functions of yours, but no tool of type '" + type + "'.");
    }
    JsonNode function = tool.path("function");
    if (!function.path("name").isTextual()) {
      throw Inexpressible.invalid(
          "tools[" + i + "].function.name", "A function must have a 'name'.");
    }
    return function;
  }

  private static void choose(JsonNode choice, boolean strict, ObjectNode config)
      throws Inexpressible {
    String type = choice.isTextual() ? choice.textValue() : choice.path("type").asText("auto");
    switch (type) {
      case "auto" -> config.put("mode", strict ? "VALIDATED" : "AUTO");
      case "none" -> config.put("mode", "NONE");
      case "required" -> config.put("mode", "ANY");
      case "function" -> only("ANY", List.of(choice), config);
      case "allowed_tools" -> {
        JsonNode allowed = choice.path("allowed_tools");
        var named = new ArrayList<JsonNode>();
        allowed.path("tools").forEach(named::add);
        only(allowed.path("mode").asText().equals("required") ? "ANY" : "VALIDATED", named, config);
      }
      default ->
          throw Inexpressible.unsupported(
              "tool_choice",
              "Gemini lets a model choose auto, none, required, one function or allowed_tools;"
                  + " write one of these.");
    }
  }

  private static void only(String mode, List<JsonNode> tools, ObjectNode config)
      throws Inexpressible {
    var names = config.put("mode", mode).putArray("allowedFunctionNames");
    for (JsonNode tool : tools) {
      if (!(tool.path("function").path("name") instanceof TextNode name)) {
        throw Inexpressible.invalid(
            "tool_choice",
            "'tool_choice' must name a function: {\"type\": \"function\", \"function\": {\"name\":"
                + " …}}.");
      }
      names.add(name);
    }
  }

  private static void copy(JsonNode from, String field, ObjectNode to, String as) {
    JsonNode value = from.path(field);
    if (!value.isMissingNode() && !value.isNull()) {
      to.set(as, value);
    }
  }
}
