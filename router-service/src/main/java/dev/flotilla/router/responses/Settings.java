package dev.flotilla.router.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;

/**
 * What a response repeats of its request. What the caller left to the model is null there.
 *
 * @param asked the request as it came; nobody changes it
 */
record Settings(ObjectNode asked) {
  static Settings of(ObjectNode asked) {
    return new Settings(asked);
  }

  /** Whether the caller wants to see what a model tells of its thoughts. */
  boolean showsThoughts() {
    return asked.path("reasoning").isObject();
  }

  void writeTo(ObjectNode response) {
    for (String name :
        new String[] {"instructions", "max_output_tokens", "temperature", "top_p", "reasoning"}) {
      response.set(name, asked.has(name) ? asked.path(name) : response.nullNode());
    }
    response.set("metadata", given("metadata", response.objectNode()));
    response.set("parallel_tool_calls", given("parallel_tool_calls", response.booleanNode(true)));
    response.set("tool_choice", given("tool_choice", response.textNode("auto")));
    response.set("tools", tools());
    JsonNode plain = Json.object().set("format", Json.object().put("type", "text"));
    response.set("text", given("text", plain));
    response.putNull("previous_response_id");
    response.put("truncation", "disabled").put("background", false).put("store", false);
    if (asked.hasNonNull("user")) {
      response.set("user", asked.path("user"));
    }
  }

  private JsonNode given(String name, JsonNode otherwise) {
    return asked.hasNonNull(name) ? asked.path(name) : otherwise;
  }

  /** Clients insist on fields that a request may leave out. */
  private ArrayNode tools() {
    ArrayNode tools = Json.object().putArray("tools");
    for (JsonNode tool : asked.path("tools")) {
      ObjectNode shown = tools.addObject().putNull("parameters").putNull("strict");
      tool.properties().forEach(field -> shown.set(field.getKey(), field.getValue()));
    }
    return tools;
  }
}
