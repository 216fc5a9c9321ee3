package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Messages as Gemini's {@code contents}. Gemini wants a call right after what a person said or a
 * tool answered, and all answers to the calls of one turn in one turn; so neighbours of one role
 * become one turn, and answers of tools stay apart from what a person says after them. One thread
 * at a time.
 *
 * <p>What a model thought (text in {@code reasoning_content}) does not go back, its {@link
 * Signature} does. Other fields of an assistant's message are notes of whoever answered, and are
 * left out.
 */
final class Conversation {
  private static final Set<String> OF_A_PERSON = Set.of("role", "content", "cache_control");
  private static final Set<String> OF_A_TOOL =
      Set.of("role", "content", "tool_call_id", "name", "cache_control");

  private enum Turn {
    USER("user"),
    MODEL("model"),
    TOOL("user");

    private final String role;

    Turn(String role) {
      this.role = role;
    }
  }

  private final ArrayNode contents = Json.object().putArray("contents");
  private final ArrayNode instructions = Json.object().putArray("parts");
  private final Map<String, String> functions = new HashMap<>();
  private final PartWriter parts = new PartWriter();
  private @Nullable Turn last;

  private Conversation() {}

  static Conversation of(JsonNode messages) throws Inexpressible {
    var conversation = new Conversation();
    for (int i = 0; i < messages.size(); i++) {
      conversation.add(messages.path(i), "messages[" + i + "]");
    }
    return conversation;
  }

  void writeTo(ObjectNode request) {
    if (contents.isEmpty()) {
      // Instructions alone are a question to OpenAI; to Gemini they would be nothing to answer.
      contents.addObject().put("role", "user").set("parts", instructions);
    } else if (!instructions.isEmpty()) {
      request.putObject("systemInstruction").set("parts", instructions);
    }
    request.set("contents", contents);
  }

  /** How closely images are looked at; null when nobody said. */
  @Nullable String resolution() {
    return parts.resolution();
  }

  private void add(JsonNode message, String at) throws Inexpressible {
    switch (message.path("role").asText()) {
      case "system", "developer" -> {
        known(message, OF_A_PERSON, at);
        parts.addText(message.path("content"), at + ".content", instructions);
      }
      case "user" -> {
        known(message, OF_A_PERSON, at);
        parts.add(message.path("content"), at + ".content", turn(Turn.USER));
      }
      case "assistant" -> assistant(message, at);
      case "tool" -> {
        known(message, OF_A_TOOL, at);
        tool(message, at);
      }
      default ->
          throw Inexpressible.unsupported(
              at + ".role",
              "Gemini knows no role '"
                  + message.path("role").asText()
                  + "'; write system, developer, user, assistant or tool.");
    }
  }

  private void assistant(JsonNode message, String at) throws Inexpressible {
    for (String field : Set.of("name", "audio", "function_call")) {
      if (message.hasNonNull(field)) {
        throw unknown(field, at);
      }
    }
    ArrayNode said = Json.object().putArray("parts");
    parts.addText(message.path("content"), at + ".content", said);
    if (message.path("refusal").isTextual()) {
      said.addObject().set("text", message.path("refusal"));
    }
    String signature = Signature.shownOn(message);
    if (signature != null) {
      ObjectNode sealed =
          said.isEmpty()
              ? said.addObject().put("text", "")
              : (ObjectNode) said.get(said.size() - 1);
      Signature.putBack(sealed, signature);
    }
    calls(message.path("tool_calls"), at + ".tool_calls", said);
    if (!said.isEmpty()) {
      turn(Turn.MODEL).addAll(said);
    }
  }

  private void calls(JsonNode calls, String at, ArrayNode said) throws Inexpressible {
    boolean sealed = false;
    ObjectNode first = null;
    for (int i = 0; i < calls.size(); i++) {
      JsonNode call = calls.path(i);
      String here = at + "[" + i + "]";
      JsonNode function = call.path("function");
      if (!call.path("type").asText("function").equals("function")
          || !function.path("name").isTextual()) {
        throw Inexpressible.unsupported(
            here, "Gemini knows calls of functions only, each with a name.");
      }
      ObjectNode part = said.addObject();
      ObjectNode written = part.putObject("functionCall");
      String id = call.path("id").asText("");
      if (!id.isEmpty()) {
        written.put("id", id);
        functions.put(id, function.path("name").textValue());
      }
      written.set("name", function.path("name"));
      written.set("args", arguments(function.path("arguments").asText(""), here));
      String signature = Signature.shownOn(call);
      Signature.putBack(part, signature);
      sealed |= signature != null;
      first = first == null ? part : first;
    }
    // Only the first call of a turn carries a seal, and must.
    if (first != null && !sealed) {
      Signature.putNone(first);
    }
  }

  private static JsonNode arguments(String text, String at) throws Inexpressible {
    if (text.isBlank()) {
      return Json.object();
    }
    try {
      if (Json.parse(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (NotJson e) {
      // said below
    }
    throw Inexpressible.unsupported(
        at + ".function.arguments",
        "Gemini takes arguments of a call as a JSON object only, and these are none.");
  }

  private void tool(JsonNode message, String at) throws Inexpressible {
    String id = message.path("tool_call_id").asText("");
    String name = functions.getOrDefault(id, message.path("name").asText(""));
    if (name.isEmpty()) {
      throw Inexpressible.invalid(
          at + ".tool_call_id",
          "No message of the assistant before this one has a tool call with this id.");
    }
    ObjectNode response = turn(Turn.TOOL).addObject().putObject("functionResponse");
    if (!id.isEmpty()) {
      response.put("id", id);
    }
    response.put("name", name).set("response", result(parts.text(message.path("content"), at)));
  }

  /** Gemini wants an object; the model takes {@code output} for what a function returned. */
  private static ObjectNode result(String text) {
    try {
      if (Json.parse(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (NotJson e) {
      // Text is as good a result.
    }
    return Json.object().put("output", text);
  }

  private ArrayNode turn(Turn turn) {
    if (turn == last) {
      return (ArrayNode) contents.get(contents.size() - 1).get("parts");
    }
    last = turn;
    return contents.addObject().put("role", turn.role).putArray("parts");
  }

  private static void known(JsonNode message, Set<String> fields, String at) throws Inexpressible {
    for (var field : message.properties()) {
      if (!fields.contains(field.getKey()) && !field.getValue().isNull()) {
        throw unknown(field.getKey(), at);
      }
    }
  }

  private static Inexpressible unknown(String field, String at) {
    return Inexpressible.unsupported(
        at + "." + field,
        "Gemini's messages have no '" + field + "'; leave it out or write it into the content.");
  }
}
