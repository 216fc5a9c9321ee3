package dev.flotilla.router.responses;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;

/**
 * Puts a request of the Responses API into the words of a chat request.
 *
 * <table>
 *   <caption>What becomes of each parameter</caption>
 *   <tr><td>instructions, input</td><td>messages, see {@link Items}</td></tr>
 *   <tr><td>max_output_tokens</td><td>max_completion_tokens</td></tr>
 *   <tr><td>text.format, text.verbosity</td><td>response_format, verbosity</td></tr>
 *   <tr><td>tools, tool_choice, parallel_tool_calls</td><td>the same, see {@link Tools}; the latter
 *       two only beside tools</td></tr>
 *   <tr><td>reasoning.effort</td><td>reasoning_effort; whoever says {@code reasoning} is shown what
 *       a model tells of its thoughts</td></tr>
 *   <tr><td>model, stream, temperature, top_p, metadata, user, safety_identifier, prompt_cache_key,
 *       prompt_cache_retention, service_tier</td><td>the same</td></tr>
 *   <tr><td>models, route</td><td>the same: they are this fleet's own</td></tr>
 *   <tr><td>store false, background false, truncation disabled, top_logprobs 0,
 *       stream_options.include_obfuscation false, include reasoning.encrypted_content</td><td>left
 *       out: it is so anyway, and no reasoning is encrypted here</td></tr>
 *   <tr><td>previous_response_id, conversation, store true, background true, prompt, tools that run
 *       at OpenAI, any other parameter</td><td>refused</td></tr>
 * </table>
 */
final class RequestReader {
  private static final String NOTHING_STORED = "nothing is stored, so every request says all; ";

  private static final long MOST_TOKENS = 100_000_000;

  private final ObjectNode body;
  private final ObjectNode chat = Json.object();

  private RequestReader(ObjectNode body) {
    this.body = body;
  }

  /** The same request in the words of OpenAI's chat. */
  static ObjectNode read(ObjectNode body) throws NotHere {
    return new RequestReader(body).chat();
  }

  private ObjectNode chat() throws NotHere {
    chat.set("model", body.path("model"));
    chat.set("messages", Items.read(body.path("instructions"), body.path("input")));
    for (var field : body.properties()) {
      if (!field.getValue().isNull()) {
        read(field.getKey(), field.getValue());
      }
    }
    if (chat.has("tools")) {
      if (body.hasNonNull("tool_choice")) {
        chat.set("tool_choice", Tools.choice(body.path("tool_choice")));
      }
      if (body.hasNonNull("parallel_tool_calls")) {
        chat.set("parallel_tool_calls", body.path("parallel_tool_calls"));
      }
    } else if (body.hasNonNull("tool_choice") && !Tools.isChoiceOfNone(body.path("tool_choice"))) {
      throw NotHere.wrong("tool_choice", "chooses among 'tools', and there are none");
    }
    return chat;
  }

  private void read(String name, JsonNode value) throws NotHere {
    switch (name) {
      // Read above or below.
      case "model", "input", "instructions", "tool_choice" -> {}
      case "parallel_tool_calls" -> {
        if (!value.isBoolean()) {
          throw NotHere.wrong(name, "must be true or false");
        }
      }
      case "stream",
          "temperature",
          "top_p",
          "metadata",
          "user",
          "safety_identifier",
          "prompt_cache_key",
          "prompt_cache_retention",
          "service_tier",
          "models",
          "route" ->
          chat.set(name, value);
      case "max_output_tokens" -> limit(value);
      case "tools" -> Tools.read(value, chat);
      case "text" -> text(value);
      case "reasoning" -> reasoning(value);
      case "store" ->
          onlyFalse(
              name,
              value,
              NOTHING_STORED
                  + "leave it out or write false, keep the output and send it with the next input");
      case "background" ->
          onlyFalse(name, value, "an answer is given at once; leave it out or write false");
      case "previous_response_id" ->
          throw NotHere.unsupported(
              name,
              NOTHING_STORED
                  + "leave it out, and send the earlier input and output items before the new"
                  + " input");
      case "conversation" ->
          throw NotHere.unsupported(
              name, NOTHING_STORED + "leave it out, and send the conversation's items as 'input'");
      case "prompt" ->
          throw NotHere.unsupported(
              name,
              "templates are kept at OpenAI, where not every model is; send its text as"
                  + " 'instructions' and 'input'");
      case "truncation" -> {
        if (!value.asText().equals("disabled")) {
          throw NotHere.unsupported(
              name, "nothing is left out of an input; write \"disabled\" and send less");
        }
      }
      case "top_logprobs" -> {
        if (!value.isIntegralNumber() || value.longValue() != 0) {
          throw NotHere.unsupported(
              name, "leave it out, or ask /v1/chat/completions for 'logprobs'");
        }
      }
      case "stream_options" -> {
        NotHere.unlessKnown(value, name, "include_obfuscation");
        JsonNode obfuscation = value.path("include_obfuscation");
        if (!obfuscation.isMissingNode() && !obfuscation.isNull()) {
          onlyFalse(name + ".include_obfuscation", obfuscation, "leave it out or write false");
        }
      }
      case "include" -> include(value);
      default -> throw NotHere.unsupported(NotHere.shown(name), "leave it out");
    }
  }

  private void limit(JsonNode limit) throws NotHere {
    if (!limit.isIntegralNumber()
        || !limit.canConvertToLong()
        || limit.longValue() < 1
        || limit.longValue() > MOST_TOKENS) {
      throw NotHere.wrong("max_output_tokens", "must be a whole number from 1 to " + MOST_TOKENS);
    }
    chat.set("max_completion_tokens", limit);
  }

  private void text(JsonNode text) throws NotHere {
    NotHere.unlessKnown(text, "text", "format", "verbosity");
    if (text.hasNonNull("verbosity")) {
      chat.set("verbosity", text.path("verbosity"));
    }
    JsonNode format = text.path("format");
    if (format.isMissingNode() || format.isNull()) {
      return;
    }
    String place = "text.format";
    switch (format.path("type").asText()) {
      case "text" -> NotHere.unlessKnown(format, place, "type");
      case "json_object" -> {
        NotHere.unlessKnown(format, place, "type");
        chat.putObject("response_format").put("type", "json_object");
      }
      case "json_schema" -> {
        NotHere.unlessKnown(format, place, "type", "name", "schema", "strict", "description");
        if (!format.path("name").isTextual() || !format.path("schema").isObject()) {
          throw NotHere.wrong(place, "of type json_schema must have a name and a schema");
        }
        ObjectNode schema =
            chat.putObject("response_format").put("type", "json_schema").putObject("json_schema");
        for (String field : new String[] {"name", "description", "schema", "strict"}) {
          if (format.hasNonNull(field)) {
            schema.set(field, format.path(field));
          }
        }
      }
      default -> throw NotHere.wrong(place + ".type", "must be text, json_object or json_schema");
    }
  }

  private void reasoning(JsonNode reasoning) throws NotHere {
    if (!reasoning.isObject()) {
      throw NotHere.wrong("reasoning", "must be an object, e.g. {\"effort\": \"low\"}");
    }
    NotHere.unlessKnown(reasoning, "reasoning", "effort", "summary");
    if (reasoning.hasNonNull("effort")) {
      chat.set("reasoning_effort", reasoning.path("effort"));
    }
    if (reasoning.hasNonNull("summary") && !reasoning.path("summary").asText().equals("auto")) {
      throw NotHere.unsupported(
          "reasoning.summary",
          "what a model tells of its thoughts is shown as it comes; write \"auto\" or leave it out");
    }
  }

  private static void include(JsonNode include) throws NotHere {
    int at = 0;
    for (JsonNode more : include) {
      if (!more.asText().equals("reasoning.encrypted_content")) {
        throw NotHere.unsupported(
            "include[" + at + "]", "it belongs to what only OpenAI's own models do; leave it out");
      }
      at++;
    }
    if (!include.isArray()) {
      throw NotHere.wrong("include", "must be a list");
    }
  }

  private static void onlyFalse(String place, JsonNode value, String why) throws NotHere {
    if (!value.isBoolean()) {
      throw NotHere.wrong(place, "must be true or false");
    }
    if (value.booleanValue()) {
      throw NotHere.unsupported(place, why);
    }
  }
}
