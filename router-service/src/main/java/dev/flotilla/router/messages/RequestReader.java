package dev.flotilla.router.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Puts a request of the Messages API into the words of a chat request.
 *
 * <table>
 *   <caption>What becomes of each parameter</caption>
 *   <tr><td>system, messages</td><td>messages, see {@link Turns}</td></tr>
 *   <tr><td>max_tokens</td><td>max_completion_tokens</td></tr>
 *   <tr><td>stop_sequences</td><td>stop</td></tr>
 *   <tr><td>temperature, top_p, top_k, stream</td><td>the same</td></tr>
 *   <tr><td>tools, tool_choice</td><td>tools, tool_choice, parallel_tool_calls, see {@link
 *       Tools}</td></tr>
 *   <tr><td>thinking, output_config.effort</td><td>reasoning_effort: the effort when it is said,
 *       else what the budget comes to. A disabled thinking is as good as none</td></tr>
 *   <tr><td>output_config.format, output_format</td><td>response_format</td></tr>
 *   <tr><td>metadata.user_id</td><td>user; as its SHA-256 when it is long, because OpenAI refuses
 *       more than 64 characters</td></tr>
 *   <tr><td>metadata.project</td><td>the same, and ours: Anthropic never sees it</td></tr>
 *   <tr><td>service_tier</td><td>the same; standard_only is default</td></tr>
 *   <tr><td>cache_control anywhere</td><td>the same, for Anthropic's models only; on calls and
 *       thoughts it is left out</td></tr>
 *   <tr><td>context_management that clears nothing</td><td>left out</td></tr>
 *   <tr><td>models, route</td><td>the same: they are this fleet's own</td></tr>
 *   <tr><td>any other parameter, tools that run at Anthropic, a last message of the
 *       assistant</td><td>refused</td></tr>
 * </table>
 */
final class RequestReader {
  private static final int LONGEST_USER = 64;

  /** Budgets below these are little and some thinking, tokens. */
  private static final int LITTLE = 4_096;

  private static final int SOME = 16_384;

  private final ObjectNode body;
  private final ObjectNode chat = Json.object();

  private RequestReader(ObjectNode body) {
    this.body = body;
  }

  /**
   * The same request in the words of OpenAI's chat.
   *
   * @param needsLimit whether {@code max_tokens} must be there
   */
  static ObjectNode read(ObjectNode body, boolean needsLimit) throws Untranslatable {
    return new RequestReader(body).chat(needsLimit);
  }

  /** Whether the caller wants to see what a model thought. */
  static boolean wantsThoughts(ObjectNode body) {
    String type = body.path("thinking").path("type").asText();
    return type.equals("enabled") || type.equals("adaptive");
  }

  private ObjectNode chat(boolean needsLimit) throws Untranslatable {
    chat.set("model", body.path("model"));
    chat.set("messages", Turns.read(body.path("system"), body.path("messages")));
    limit(needsLimit);
    for (var field : body.properties()) {
      if (!field.getValue().isNull()) {
        read(field.getKey(), field.getValue());
      }
    }
    if (body.hasNonNull("tool_choice")) {
      Tools.choice(body.path("tool_choice"), chat);
    }
    if (chat.path("stream").asBoolean(false)) {
      chat.putObject("stream_options").put("include_usage", true);
    }
    return chat;
  }

  private void limit(boolean needed) throws Untranslatable {
    JsonNode limit = body.path("max_tokens");
    boolean absent = limit.isMissingNode() || limit.isNull();
    if (absent && !needed) {
      return;
    }
    if (!limit.isIntegralNumber() || limit.longValue() < 1) {
      throw Untranslatable.wrong(
          "max_tokens", "is needed, and must be a whole number of 1 or more");
    }
    // The name that OpenAI's newer models insist on.
    chat.set("max_completion_tokens", limit);
  }

  private void read(String name, JsonNode value) throws Untranslatable {
    switch (name) {
      // Read above.
      case "model", "messages", "system", "max_tokens" -> {}
      case "stream", "temperature", "top_p", "top_k", "cache_control", "models", "route" ->
          chat.set(name, value);
      case "stop_sequences" -> stops(value);
      case "tools" -> Tools.read(value, chat);
      // Read below, because it means nothing without tools.
      case "tool_choice" -> {}
      case "metadata" -> {
        Untranslatable.unlessKnown(value, name, "user_id", "project");
        user(value.path("user_id"));
        project(value.path("project"));
      }
      case "thinking" -> think(value);
      case "output_config" -> output(value);
      case "output_format" -> format(value, name);
      case "service_tier" -> tier(value.asText());
      case "context_management" -> context(value);
      case "container", "mcp_servers", "betas" -> {
        if (!value.isEmpty() || value.isTextual()) {
          throw Untranslatable.noWords(name, "leave it out");
        }
      }
      default -> throw Untranslatable.noWords(shown(name), "leave it out");
    }
  }

  private void stops(JsonNode value) throws Untranslatable {
    boolean texts = value.isArray();
    for (JsonNode stop : value) {
      texts &= stop.isTextual();
    }
    if (!texts) {
      throw Untranslatable.wrong("stop_sequences", "must be a list of texts");
    }
    if (!value.isEmpty()) {
      chat.set("stop", value);
    }
  }

  private void user(JsonNode id) throws Untranslatable {
    if (id.isMissingNode() || id.isNull()) {
      return;
    }
    if (!id.isTextual()) {
      throw Untranslatable.wrong("metadata.user_id", "must be a text");
    }
    String text = id.textValue();
    chat.put("user", text.length() <= LONGEST_USER ? text : sha256(text));
  }

  /** Ours: which project pays, as in OpenAI's metadata. */
  private void project(JsonNode project) throws Untranslatable {
    if (project.isMissingNode() || project.isNull()) {
      return;
    }
    if (!project.isTextual()) {
      throw Untranslatable.wrong("metadata.project", "must be a text");
    }
    chat.putObject("metadata").set("project", project);
  }

  private void think(JsonNode thinking) throws Untranslatable {
    Untranslatable.unlessKnown(thinking, "thinking", "type", "budget_tokens", "display");
    String effort = effort(thinking);
    if (effort != null && !chat.has("reasoning_effort")) {
      chat.put("reasoning_effort", effort);
    }
  }

  private static @Nullable String effort(JsonNode thinking) throws Untranslatable {
    switch (thinking.path("type").asText()) {
      case "disabled" -> {
        return null;
      }
      case "adaptive" -> {
        // As much as Anthropic's models think when nobody says how much.
        return "high";
      }
      case "enabled" -> {
        JsonNode budget = thinking.path("budget_tokens");
        if (!budget.isIntegralNumber() || budget.longValue() < 1) {
          throw Untranslatable.wrong(
              "thinking.budget_tokens", "must be a whole number of 1 or more");
        }
        long tokens = budget.longValue();
        return tokens < LITTLE ? "low" : tokens < SOME ? "medium" : "high";
      }
      default ->
          throw Untranslatable.wrong("thinking.type", "must be enabled, adaptive or disabled");
    }
  }

  private void output(JsonNode config) throws Untranslatable {
    Untranslatable.unlessKnown(config, "output_config", "effort", "format");
    JsonNode effort = config.path("effort");
    if (effort.isTextual()) {
      chat.put("reasoning_effort", effort.textValue().equals("max") ? "xhigh" : effort.textValue());
    } else if (!effort.isMissingNode() && !effort.isNull()) {
      throw Untranslatable.wrong("output_config.effort", "must be low, medium, high or max");
    }
    JsonNode format = config.path("format");
    if (!format.isMissingNode() && !format.isNull()) {
      format(format, "output_config.format");
    }
  }

  private void format(JsonNode format, String place) throws Untranslatable {
    Untranslatable.unlessKnown(format, place, "type", "schema");
    if (!format.path("type").asText().equals("json_schema") || !format.path("schema").isObject()) {
      throw Untranslatable.wrong(place, "must be of type json_schema, with a schema");
    }
    ObjectNode asked = chat.putObject("response_format").put("type", "json_schema");
    asked.putObject("json_schema").put("name", "answer").set("schema", format.path("schema"));
  }

  private void tier(String tier) throws Untranslatable {
    switch (tier) {
      case "auto" -> chat.put("service_tier", "auto");
      case "standard_only" -> chat.put("service_tier", "default");
      default -> throw Untranslatable.wrong("service_tier", "must be auto or standard_only");
    }
  }

  /** Coding agents ask to keep all thoughts, which is what happens anyway. */
  private static void context(JsonNode management) throws Untranslatable {
    Untranslatable.unlessKnown(management, "context_management", "edits");
    for (JsonNode edit : management.path("edits")) {
      if (!edit.path("type").asText().startsWith("clear_thinking")
          || !edit.path("keep").asText().equals("all")) {
        throw Untranslatable.noWords(
            "context_management.edits", "leave messages out yourself where there are too many");
      }
    }
  }

  private static String shown(String name) {
    return name.length() <= 80 ? name : name.substring(0, 80) + "…";
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
