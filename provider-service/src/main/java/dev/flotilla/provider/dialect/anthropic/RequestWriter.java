package dev.flotilla.provider.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts a chat request into the words of the Messages API. A parameter that is null or says what is
 * the default anyway is as good as absent. For the others:
 *
 * <table>
 *   <caption>What becomes of each parameter</caption>
 *   <tr><td>max_completion_tokens, max_tokens</td><td>max_tokens, at most the model's limit, which
 *       also holds when neither is given</td></tr>
 *   <tr><td>temperature, top_p, top_k</td><td>the same up to 1 on models with {@code sampling},
 *       one of the first two at a time and not while the model thinks; else refused</td></tr>
 *   <tr><td>stop</td><td>stop_sequences; blank ones are refused</td></tr>
 *   <tr><td>tools, tool_choice, parallel_tool_calls</td><td>tools, tool_choice; {@code required} is
 *       {@code any}; custom and allowed tools are refused; a forced call while thinking is
 *       refused</td></tr>
 *   <tr><td>response_format</td><td>json_schema: output_config.format, see {@link OutputSchema};
 *       json_object is refused, because nothing here guarantees it</td></tr>
 *   <tr><td>reasoning_effort</td><td>output_config.effort with adaptive thinking, or a budget of
 *       tokens; {@code minimal} is the least there is. A budget cannot begin within a run of tool
 *       calls whose earlier thoughts the caller did not send back; thinking resumes after it</td></tr>
 *   <tr><td>safety_identifier, user</td><td>metadata.user_id, the first in preference</td></tr>
 *   <tr><td>service_tier</td><td>auto, and default as standard_only; flex, priority are
 *       refused</td></tr>
 *   <tr><td>cache_control in parts, tools and at the top</td><td>the same</td></tr>
 *   <tr><td>prompt_cache_key, image_url.detail, response_format's name</td><td>hints that
 *       change no answer; left out</td></tr>
 *   <tr><td>stream_options, metadata, models, route</td><td>the fleet's own; left out</td></tr>
 *   <tr><td>n, seed, logprobs, top_logprobs, logit_bias, penalties, store, modalities, audio,
 *       prediction, verbosity, web_search_options, functions, function_call, and every parameter
 *       that is not in this table</td><td>refused</td></tr>
 * </table>
 */
final class RequestWriter {
  /** Anthropic's least budget. */
  private static final long LEAST_BUDGET = 1_024;

  private static final Map<String, Long> BUDGETS =
      Map.of("minimal", LEAST_BUDGET, "low", 2_048L, "medium", 8_192L, "high", 24_576L);

  private static final int LONGEST_USER = 256;

  private final Model model;
  private final ObjectNode body;
  private final ObjectNode out = Json.object();

  private RequestWriter(Model model, ObjectNode body) {
    this.model = model;
    this.body = body;
  }

  static ObjectNode write(Model model, ObjectNode body) throws Unsayable {
    return new RequestWriter(model, body).written();
  }

  private ObjectNode written() throws Unsayable {
    out.put("model", model.upstream());
    out.put("max_tokens", maxTokens());
    var conversation = new Conversation(model, body.path("messages"));
    conversation.writeTo(out);
    for (var field : body.properties()) {
      if (!field.getValue().isNull()) {
        write(field.getKey(), field.getValue());
      }
    }
    toolChoice();
    think(conversation);
    sample();
    return out;
  }

  private void write(String name, JsonNode value) throws Unsayable {
    switch (name) {
      // Written above or below, because they depend on each other.
      case "messages", "max_completion_tokens", "max_tokens" -> {}
      case "tool_choice", "parallel_tool_calls" -> {}
      case "reasoning_effort", "temperature", "top_p", "top_k" -> {}
      // Nothing in an answer depends on them.
      case "model", "models", "route", "metadata", "stream_options", "prompt_cache_key" -> {}
      case "stream" -> out.put("stream", value.asBoolean());
      case "stop" -> out.set("stop_sequences", stops(value));
      case "tools" -> tools(value);
      case "response_format" -> format(value);
      case "safety_identifier" -> user(name, value);
      case "user" -> {
        if (!body.path("safety_identifier").isTextual()) {
          user(name, value);
        }
      }
      case "service_tier" -> tier(value.asText());
      case "cache_control" -> out.set(name, Parts.cacheControl(value, name));
      case "n" -> only(name, value.asInt() == 1, "write 1 or leave it out");
      case "logprobs", "store" -> only(name, !value.asBoolean(), "write false or leave it out");
      case "top_logprobs", "presence_penalty", "frequency_penalty" ->
          only(name, value.isNumber() && value.doubleValue() == 0, "write 0 or leave it out");
      case "logit_bias" -> only(name, value.isEmpty(), "leave it out");
      case "modalities" ->
          only(
              name, value.size() == 1 && value.path(0).asText().equals("text"), "write [\"text\"]");
      case "verbosity" -> only(name, value.asText().equals("medium"), "leave it out");
      case "functions", "function_call" ->
          throw Unsayable.here(name, "write 'tools' and 'tool_choice' instead");
      default -> throw Unsayable.here(name, "leave it out or name another model");
    }
  }

  private static void only(String name, boolean harmless, String instead) throws Unsayable {
    if (!harmless) {
      throw Unsayable.here(name, instead + ", or name another model");
    }
  }

  private long maxTokens() throws Unsayable {
    for (String name : new String[] {"max_completion_tokens", "max_tokens"}) {
      JsonNode asked = body.path(name);
      if (isGiven(asked)) {
        if (!asked.isIntegralNumber() || asked.longValue() < 1) {
          throw Unsayable.anywhere(name, "must be a whole number, 1 or more");
        }
        return Math.min(asked.longValue(), model.maxOutputTokens());
      }
    }
    return model.maxOutputTokens();
  }

  private static ArrayNode stops(JsonNode value) throws Unsayable {
    ArrayNode stops = Json.object().putArray("stops");
    for (JsonNode stop : value.isArray() ? value : stops.arrayNode().add(value)) {
      if (!stop.isTextual()) {
        throw Unsayable.anywhere("stop", "must be a text or a list of texts");
      }
      if (stop.textValue().isBlank()) {
        throw Unsayable.here("stop", "a stop sequence must have more than blanks");
      }
      stops.add(stop);
    }
    return stops;
  }

  private void user(String name, JsonNode value) throws Unsayable {
    if (!value.isTextual() || value.textValue().length() > LONGEST_USER) {
      throw Unsayable.here(name, "write a text of at most " + LONGEST_USER + " characters");
    }
    out.putObject("metadata").set("user_id", value);
  }

  private void tier(String tier) throws Unsayable {
    switch (tier) {
      case "auto" -> out.put("service_tier", "auto");
      case "default" -> out.put("service_tier", "standard_only");
      default -> throw Unsayable.here("service_tier", "write auto or default");
    }
  }

  private void format(JsonNode format) throws Unsayable {
    String type = format.path("type").asText();
    switch (type) {
      case "text" -> {}
      case "json_schema" -> {
        JsonNode wanted = format.path("json_schema");
        if (!Feature.JSON_SCHEMA.of(model)) {
          throw Unsayable.here("response_format", "this one knows no json_schema");
        }
        if (!(wanted.path("schema") instanceof ObjectNode schema)) {
          throw Unsayable.anywhere("response_format.json_schema.schema", "must be a JSON Schema");
        }
        ObjectNode said = OutputSchema.of(schema, "response_format.json_schema.schema");
        if (wanted.path("description").isTextual() && !said.has("description")) {
          said.set("description", wanted.path("description"));
        }
        outputConfig().putObject("format").put("type", "json_schema").set("schema", said);
      }
      default -> throw Unsayable.here("response_format", "write json_schema with a schema");
    }
  }

  private void tools(JsonNode tools) throws Unsayable {
    if (!tools.isArray()) {
      throw Unsayable.anywhere("tools", "must be a list");
    }
    if (tools.isEmpty()) {
      return;
    }
    if (!Feature.TOOLS.of(model)) {
      throw Unsayable.here("tools", "this one knows no tools");
    }
    ArrayNode written = out.putArray("tools");
    int at = 0;
    for (JsonNode tool : tools) {
      written.add(tool(tool, "tools[" + at++ + "]"));
    }
  }

  private ObjectNode tool(JsonNode tool, String path) throws Unsayable {
    if (!tool.path("type").asText().equals("function")) {
      throw Unsayable.here(path + ".type", "write function");
    }
    Parts.known(tool, path, "type", "function", "cache_control");
    JsonNode function = tool.path("function");
    Parts.known(
        function,
        path + ".function",
        "name",
        "description",
        "parameters",
        "strict",
        "cache_control");
    if (!function.path("name").isTextual()) {
      throw Unsayable.anywhere(path + ".function.name", "is missing");
    }
    ObjectNode written = Json.object();
    written.set("name", function.path("name"));
    if (function.path("description").isTextual()) {
      written.set("description", function.path("description"));
    }
    ObjectNode schema = Json.object().put("type", "object");
    if (function.path("parameters") instanceof ObjectNode parameters) {
      schema.setAll(parameters);
    }
    if (function.path("strict").asBoolean()) {
      if (!Feature.JSON_SCHEMA.of(model)) {
        throw Unsayable.here(path + ".function.strict", "this one keeps to no schema strictly");
      }
      schema = OutputSchema.of(schema, path + ".function.parameters");
      written.put("strict", true);
    }
    written.set("input_schema", schema);
    JsonNode mark =
        isGiven(tool.path("cache_control"))
            ? tool.path("cache_control")
            : function.path("cache_control");
    if (isGiven(mark)) {
      written.set("cache_control", Parts.cacheControl(mark, path + ".cache_control"));
    }
    return written;
  }

  private void toolChoice() throws Unsayable {
    if (!out.has("tools")) {
      return;
    }
    ObjectNode choice = choice(body.path("tool_choice"));
    JsonNode parallel = body.path("parallel_tool_calls");
    if (parallel.isBoolean() && !parallel.booleanValue()) {
      choice = choice == null ? Json.object().put("type", "auto") : choice;
      if (!choice.path("type").asText().equals("none")) {
        choice.put("disable_parallel_tool_use", true);
      }
    }
    if (choice != null) {
      out.set("tool_choice", choice);
    }
  }

  private static @Nullable ObjectNode choice(JsonNode choice) throws Unsayable {
    if (!isGiven(choice)) {
      return null;
    }
    return switch (choice.asText()) {
      case "auto" -> Json.object().put("type", "auto");
      case "none" -> Json.object().put("type", "none");
      case "required" -> Json.object().put("type", "any");
      default -> {
        JsonNode name = choice.path("function").path("name");
        if (!name.isTextual()) {
          throw Unsayable.here(
              "tool_choice", "write auto, none, required or the function that must be called");
        }
        yield Json.object().put("type", "tool").set("name", name);
      }
    };
  }

  private void think(Conversation conversation) throws Unsayable {
    JsonNode asked = body.path("reasoning_effort");
    if (!isGiven(asked)) {
      return;
    }
    String effort = asked.asText();
    if (effort.equals("none")) {
      if (Feature.REASONING_ALWAYS.of(model)) {
        throw Unsayable.here("reasoning_effort", "this one always thinks; write low");
      }
      if (Feature.REASONING_BY_DEFAULT.of(model)) {
        out.putObject("thinking").put("type", "disabled");
      }
      return;
    }
    boolean beyondHigh = effort.equals("xhigh");
    Long budget = BUDGETS.get(effort);
    if (budget == null && !(beyondHigh && Feature.EFFORT_XHIGH.of(model))) {
      throw Unsayable.here("reasoning_effort", "write none, minimal, low, medium or high");
    }
    String choice = out.path("tool_choice").path("type").asText();
    if (choice.equals("any") || choice.equals("tool")) {
      throw Unsayable.here("tool_choice", "who must call a tool cannot think first; write auto");
    }
    if (Feature.REASONING_ADAPTIVE.of(model)) {
      out.putObject("thinking").put("type", "adaptive").put("display", "summarized");
      outputConfig().put("effort", effort.equals("minimal") ? "low" : effort);
    } else if (budget != null && Feature.REASONING_BUDGET.of(model)) {
      budget(budget, conversation);
    } else {
      throw Unsayable.here("reasoning_effort", "this one cannot think; write none");
    }
  }

  private void budget(long wanted, Conversation conversation) throws Unsayable {
    long limit = out.path("max_tokens").longValue();
    if (limit <= LEAST_BUDGET) {
      throw Unsayable.here(
          "reasoning_effort", "thinking needs max_completion_tokens of more than " + LEAST_BUDGET);
    }
    if (!conversation.actsWithoutThought()) {
      // Thoughts are a part of max_tokens; at least half of it is left for what they lead to.
      long budget = Math.max(LEAST_BUDGET, Math.min(wanted, limit / 2));
      out.putObject("thinking").put("type", "enabled").put("budget_tokens", budget);
    }
  }

  private void sample() throws Unsayable {
    boolean thinks = out.has("thinking") && !out.at("/thinking/type").asText().equals("disabled");
    for (String name : new String[] {"temperature", "top_p", "top_k"}) {
      JsonNode value = body.path(name);
      if (!isGiven(value)) {
        continue;
      }
      if (!value.isNumber()) {
        throw Unsayable.anywhere(name, "must be a number");
      }
      boolean isDefault = !name.equals("top_k") && value.doubleValue() == 1;
      if (isDefault) {
        continue;
      }
      if (!Feature.SAMPLING.of(model)) {
        throw Unsayable.here(name, "this one cannot be steered by it; leave it out");
      }
      if (thinks) {
        throw Unsayable.here(name, "it cannot be combined with reasoning_effort");
      }
      if (!name.equals("top_k") && (value.doubleValue() < 0 || value.doubleValue() > 1)) {
        throw Unsayable.here(name, "write a number from 0 to 1");
      }
      if (name.equals("top_p") && out.has("temperature")) {
        throw Unsayable.here(name, "write either temperature or top_p");
      }
      out.set(name, value);
    }
  }

  private ObjectNode outputConfig() {
    return out.path("output_config") instanceof ObjectNode config
        ? config
        : out.putObject("output_config");
  }

  private static boolean isGiven(JsonNode node) {
    return !node.isMissingNode() && !node.isNull();
  }
}
