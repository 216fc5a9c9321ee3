package dev.flotilla.router.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asked, as it came: the record is a view, so parameters newer than this fleet pass
 * through, but for {@link NotTheCallers}. Immutable by convention: nobody changes {@code body}.
 *
 * @param body the whole request
 * @param hints how it wants to be routed, wherever that was said
 * @param marked whether {@code cache_control} and {@code reasoning_details} in it are words of
 *     Anthropic's that only its models are to see; others refuse what they do not know
 * @param operation what is wanted; vectors are asked for in the same words, with {@code input} in
 *     the place of {@code messages}
 */
public record ChatRequest(ObjectNode body, Hints hints, boolean marked, Operation operation) {
  private static final String ANTHROPIC = "anthropic";

  private static final List<String> MARKS = List.of("cache_control", "reasoning_details");

  /** Fields that are ours or only steer this fleet; a provider never sees them. */
  private static final Set<String> OURS = Set.of("models", "route", "metadata");

  /** What the header that takes tags to the ledger holds, 4 KB of base64. */
  private static final int MOST_TAG_BYTES = 3_072;

  /** A request of a caller who speaks OpenAI's dialect: everything in it goes on as it came. */
  public ChatRequest(ObjectNode body, Hints hints) {
    this(body, hints, false, Operation.CHAT);
  }

  /** How reading went. */
  public sealed interface Parsed {
    record Good(ChatRequest request) implements Parsed {}

    record Bad(ApiError error) implements Parsed {}
  }

  /**
   * Reads a body and checks the fields this fleet itself depends on; the rest is the model's
   * business.
   */
  public static Parsed parse(byte[] bytes) {
    return parse(bytes, name -> Optional.empty(), Hints.NONE);
  }

  /**
   * Reads a body and the hints beside it.
   *
   * @param header the first value of a request header
   * @param ofKey what holds for the caller's key where the request says nothing
   */
  public static Parsed parse(byte[] bytes, Function<String, Optional<String>> header, Hints ofKey) {
    try {
      return parse(Json.parseObject(bytes), header, ofKey);
    } catch (NotJson e) {
      return new Parsed.Bad(unreadable(e));
    }
  }

  /** What to say about a body that is no JSON. */
  public static ApiError unreadable(NotJson why) {
    return ApiError.invalid(
        "invalid_json", "The request body cannot be read: " + why.getMessage() + ".", null);
  }

  /** The same for a body that has been read, or was put together from another dialect. */
  public static Parsed parse(
      ObjectNode body, Function<String, Optional<String>> header, Hints ofKey) {
    if (!namesAModel(body)) {
      return bad(
          "invalid_type",
          "'model' must be a string; write \"auto\" to let the router choose, or a model's id.",
          "model");
    }
    if (!body.path("messages").isArray() || body.path("messages").isEmpty()) {
      return bad(
          "invalid_type",
          "'messages' must be a list with at least one message, e.g. [{\"role\": \"user\", \"content\": \"Hello\"}].",
          "messages");
    }
    int at = 0;
    for (JsonNode message : body.path("messages")) {
      if (!message.isObject() || !message.path("role").isTextual()) {
        return bad(
            "invalid_type",
            "'messages[" + at + "]' must be an object with a 'role'.",
            "messages[" + at + "].role");
      }
      at++;
    }
    if (body.has("stream") && !body.path("stream").isBoolean() && !body.path("stream").isNull()) {
      return bad("invalid_type", "'stream' must be true or false.", "stream");
    }
    ApiError outOfBounds = Bounds.of(body);
    if (outOfBounds != null) {
      return new Parsed.Bad(outOfBounds);
    }
    return parse(body, header, ofKey, Operation.CHAT);
  }

  /** A request for vectors whose {@code input} has been looked at. */
  public static Parsed parseForVectors(
      ObjectNode body, Function<String, Optional<String>> header, Hints ofKey) {
    if (!namesAModel(body)) {
      return bad(
          "invalid_type",
          "'model' must be a string: the id of a model that embeds, as GET /v1/models says.",
          "model");
    }
    return parse(body, header, ofKey, Operation.EMBEDDINGS);
  }

  private static boolean namesAModel(ObjectNode body) {
    return body.path("model").isTextual() && !body.path("model").textValue().isBlank();
  }

  /** What is ours is the same whatever is wanted. */
  private static Parsed parse(
      ObjectNode body,
      Function<String, Optional<String>> header,
      Hints ofKey,
      Operation operation) {
    ApiError notTheirs = NotTheCallers.in(body);
    if (notTheirs != null) {
      return new Parsed.Bad(notTheirs);
    }
    if (body.has("models") && !isListOfNames(body.path("models"))) {
      return bad("invalid_type", "'models' must be a list of model ids, best first.", "models");
    }
    if (body.has("metadata") && !isMapOfStrings(body.path("metadata"))) {
      return bad(
          "invalid_type",
          "'metadata' must be an object of at most 16 strings, names up to 64 and values up to 512 characters, without U+0000.",
          "metadata");
    }
    try {
      Hints said =
          HintsReader.route(body.path("route"), "route").orElse(HintsReader.headers(header));
      var request = new ChatRequest(body, said.orElse(ofKey), false, operation);
      return request.tagBytes() <= MOST_TAG_BYTES ? new Parsed.Good(request) : tooManyTags(request);
    } catch (BadHint e) {
      return new Parsed.Bad(e.error());
    }
  }

  /** The same request, answered whole. */
  public ChatRequest whole() {
    ObjectNode copy = Json.object().setAll(body);
    copy.remove(List.of("stream", "stream_options"));
    return new ChatRequest(copy, hints, marked, operation);
  }

  /** The same request, whose marks only Anthropic's models are to see. */
  public ChatRequest withMarks() {
    return new ChatRequest(body, hints, true, operation);
  }

  /** Whether vectors are wanted. */
  public boolean embeds() {
    return operation == Operation.EMBEDDINGS;
  }

  public String model() {
    return body.path("model").textValue();
  }

  /** The caller's own fallback order; empty when none was given. */
  public List<String> models() {
    var models = new ArrayList<String>();
    body.path("models").forEach(model -> models.add(model.textValue()));
    return models;
  }

  public boolean stream() {
    return body.path("stream").asBoolean(false);
  }

  /** Whether a stream's last chunk with the usage is wanted. */
  public boolean includeUsage() {
    return body.path("stream_options").path("include_usage").asBoolean(false);
  }

  public boolean hasTools() {
    return !body.path("tools").isEmpty();
  }

  /** {@code text}, {@code json_object} or {@code json_schema}. */
  public String responseFormat() {
    return body.path("response_format").path("type").asText("text");
  }

  /** How many answers are wanted. */
  public int choices() {
    return body.path("n").asInt(1);
  }

  /** The JSON Schema an answer must satisfy by {@code response_format}; null when there is none. */
  public @Nullable JsonNode responseSchema() {
    JsonNode schema = body.path("response_format").path("json_schema").path("schema");
    return schema.isObject() ? schema : null;
  }

  /** The tools' functions by name; empty when there are none. */
  public Map<String, JsonNode> functions() {
    var functions = new HashMap<String, JsonNode>();
    for (JsonNode tool : body.path("tools")) {
      JsonNode function = tool.path("function");
      if (function.path("name").isTextual()) {
        functions.put(function.path("name").textValue(), function);
      }
    }
    return functions;
  }

  /** Most tokens the answer may have; null when the caller did not say. Vectors have none. */
  public @Nullable Long maxTokens() {
    if (embeds()) {
      return 0L;
    }
    for (String name : List.of("max_completion_tokens", "max_tokens")) {
      if (body.path(name).isIntegralNumber()) {
        return body.path(name).longValue();
      }
    }
    return null;
  }

  /**
   * The caller's tags for the ledger; empty when there are none. {@code metadata} wins over the
   * header.
   */
  public Map<String, String> tags() {
    var tags = new LinkedHashMap<String, String>(hints.tags());
    body.path("metadata")
        .properties()
        .forEach(tag -> tags.put(tag.getKey(), tag.getValue().textValue()));
    return tags;
  }

  private int tagBytes() {
    Map<String, String> tags = tags();
    if (tags.isEmpty()) {
      return 0;
    }
    ObjectNode json = Json.object();
    tags.forEach(json::put);
    return Json.bytes(json).length;
  }

  /**
   * Text of the last message of a person: what is asked now, without the history before it. Empty
   * when there is none.
   */
  public String lastUserText() {
    JsonNode messages = body.path("messages");
    for (int i = messages.size() - 1; i >= 0; i--) {
      if (messages.path(i).path("role").asText().equals("user")) {
        return text(messages.path(i).path("content"));
      }
    }
    return "";
  }

  /**
   * Kinds of input beside text, by the names OpenAI gives its content parts: {@code image}, {@code
   * audio}, {@code file}.
   */
  public Set<String> attachments() {
    var kinds = new LinkedHashSet<String>();
    for (JsonNode message : body.path("messages")) {
      for (JsonNode part : message.path("content")) {
        switch (part.path("type").asText()) {
          case "image_url" -> kinds.add("image");
          case "input_audio" -> kinds.add("audio");
          case "file" -> kinds.add("file");
          default -> {}
        }
      }
    }
    return kinds;
  }

  /** What a provider is asked: this request for a concrete model, without what is ours alone. */
  public ObjectNode bodyFor(Model model) {
    ObjectNode copy = Json.object();
    body.properties()
        .forEach(
            field -> {
              if (!OURS.contains(field.getKey())) {
                copy.set(field.getKey(), field.getValue());
              }
            });
    copy.put("model", model.id());
    return marked && !model.provider().dialect().equals(ANTHROPIC) ? withoutMarks(copy) : copy;
  }

  /** Marks stand at the top, in messages and their parts, and in tools; nowhere deeper. */
  private static ObjectNode withoutMarks(ObjectNode body) {
    ObjectNode plain = unmarked(body);
    for (String list : List.of("messages", "tools")) {
      if (plain.path(list).isArray()) {
        ArrayNode items = plain.putArray(list);
        for (JsonNode item : body.path(list)) {
          ObjectNode copy = unmarked(item);
          if (item.path("content").isArray()) {
            ArrayNode parts = copy.putArray("content");
            item.path("content").forEach(part -> parts.add(unmarked(part)));
          }
          items.add(copy);
        }
      }
    }
    return plain;
  }

  private static ObjectNode unmarked(JsonNode object) {
    ObjectNode copy = Json.object();
    object.properties().forEach(field -> copy.set(field.getKey(), field.getValue()));
    return copy.remove(MARKS);
  }

  private static String text(JsonNode content) {
    if (content.isTextual()) {
      return content.textValue();
    }
    var text = new StringBuilder();
    for (JsonNode part : content) {
      text.append(part.path("text").asText("")).append('\n');
    }
    return text.toString();
  }

  private static boolean isListOfNames(JsonNode node) {
    if (!node.isArray() || node.isEmpty() || node.size() > 16) {
      return false;
    }
    for (JsonNode name : node) {
      if (!name.isTextual()) {
        return false;
      }
    }
    return true;
  }

  private static boolean isMapOfStrings(JsonNode node) {
    if (node.isNull()) {
      return true;
    }
    if (!node.isObject() || node.size() > 16) {
      return false;
    }
    for (var entry : node.properties()) {
      if (entry.getKey().length() > 64
          || !entry.getValue().isTextual()
          || entry.getValue().textValue().length() > 512
          || entry.getValue().textValue().indexOf(0) >= 0
          || entry.getKey().indexOf(0) >= 0) {
        return false;
      }
    }
    return true;
  }

  private static Parsed tooManyTags(ChatRequest request) {
    return bad(
        "invalid_type",
        "'metadata' and x-tags together are "
            + request.tagBytes()
            + " bytes; the ledger keeps up to "
            + MOST_TAG_BYTES
            + " bytes of tags with a request, so shorten them.",
        "metadata");
  }

  private static Parsed bad(String code, String message, @Nullable String param) {
    return new Parsed.Bad(ApiError.invalid(code, message, param));
  }

  /** Without what was asked, which is nobody's to read in a log. */
  @Override
  public String toString() {
    return "ChatRequest[" + operation + " of " + body.path("model").asText() + "]";
  }
}
