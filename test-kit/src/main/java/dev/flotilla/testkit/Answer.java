package dev.flotilla.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer that follows from a request, without chance: the same messages always cost the same.
 *
 * <ul>
 *   <li>prompt tokens = characters of all message contents / 4, rounded up, at least 1
 *   <li>completion tokens = 5 + hash of the contents modulo 60, at most {@code
 *       max_completion_tokens} or {@code max_tokens}
 *   <li>every fourth hash has half of its prompt tokens in the prompt cache
 * </ul>
 *
 * A request with {@code input} gets vectors, see {@link Embedded}.
 */
record Answer(
    String id,
    String model,
    long promptTokens,
    long cachedTokens,
    int completionTokens,
    boolean cutByLimit,
    @Nullable ObjectNode said,
    @Nullable Embedded embedded) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int WORDS_PER_CHUNK = 4;
  private static final int CHARACTERS_PER_CHUNK = 12;

  static Answer to(JsonNode request, String id) {
    if (request.has("input")) {
      var embedded = new Embedded(request);
      String asked = request.path("model").asText("unknown");
      return new Answer(id, asked, embedded.tokens(), 0, 0, false, null, embedded);
    }
    var prompt = new StringBuilder();
    for (JsonNode message : request.path("messages")) {
      append(prompt, message.path("content"));
    }
    String text = prompt.toString();
    long promptTokens = Math.max(1, (text.length() + 3L) / 4);
    long cached = Math.floorMod(text.hashCode(), 4) == 0 ? promptTokens / 2 : 0;
    int wanted = 5 + Math.floorMod(text.hashCode(), 60);
    int limit =
        request
            .path("max_completion_tokens")
            .asInt(request.path("max_tokens").asInt(Integer.MAX_VALUE));
    return new Answer(
        id,
        request.path("model").asText("unknown"),
        promptTokens,
        cached,
        Math.min(wanted, limit),
        wanted > limit,
        null,
        null);
  }

  /** The same bill for this message instead of invented words. */
  Answer saying(ObjectNode message) {
    return new Answer(
        id, model, promptTokens, cachedTokens, completionTokens, cutByLimit, message, null);
  }

  private static void append(StringBuilder prompt, JsonNode content) {
    if (content.isTextual()) {
      prompt.append(content.asText());
    }
    for (JsonNode part : content) {
      prompt.append(part.path("text").asText(""));
    }
  }

  Bill bill() {
    return new Bill(model, promptTokens, cachedTokens, completionTokens, 1);
  }

  /** The bill of a stream that ended after so many content chunks. */
  Bill billAfter(int chunks) {
    long generated = Math.min(completionTokens, (long) chunks * WORDS_PER_CHUNK);
    return new Bill(model, promptTokens, cachedTokens, generated, 1);
  }

  int chunks() {
    return said == null ? wordChunks() : pieces(said).size();
  }

  private int wordChunks() {
    return (completionTokens + WORDS_PER_CHUNK - 1) / WORDS_PER_CHUNK;
  }

  ObjectNode body() {
    if (embedded != null) {
      return embedded.body();
    }
    ObjectNode body = frame("chat.completion");
    ObjectNode choice = body.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", finishReason());
    ObjectNode message = choice.putObject("message").put("role", "assistant");
    if (said == null) {
      message.put("content", words(0, completionTokens));
    } else {
      message.putNull("content").setAll(said);
    }
    body.set("usage", usage());
    return body;
  }

  ObjectNode chunk(int index) {
    int from = index * WORDS_PER_CHUNK;
    ObjectNode body = frame("chat.completion.chunk");
    ObjectNode choice = body.putArray("choices").addObject();
    choice.put("index", 0).putNull("finish_reason");
    ObjectNode delta = choice.putObject("delta");
    if (index == 0) {
      delta.put("role", "assistant");
    }
    if (said == null) {
      delta.put("content", words(from, Math.min(from + WORDS_PER_CHUNK, completionTokens)));
    } else {
      delta.setAll(pieces(said).get(index));
    }
    return body;
  }

  /** What a stream of this message carries one after the other. */
  private static List<ObjectNode> pieces(ObjectNode message) {
    var pieces = new ArrayList<ObjectNode>();
    for (String part : parts(message.path("content").asText(""))) {
      pieces.add(JSON.createObjectNode().put("content", part));
    }
    int at = 0;
    for (JsonNode call : message.path("tool_calls")) {
      ObjectNode begin = toolPiece(pieces, at);
      begin.put("id", call.path("id").asText()).put("type", "function");
      begin
          .putObject("function")
          .put("name", call.path("function").path("name").asText())
          .put("arguments", "");
      for (String part : parts(call.path("function").path("arguments").asText())) {
        toolPiece(pieces, at).putObject("function").put("arguments", part);
      }
      at++;
    }
    return pieces;
  }

  private static ObjectNode toolPiece(List<ObjectNode> pieces, int index) {
    ObjectNode piece = JSON.createObjectNode();
    pieces.add(piece);
    return piece.putArray("tool_calls").addObject().put("index", index);
  }

  private static List<String> parts(String text) {
    var parts = new ArrayList<String>();
    for (int from = 0; from < text.length(); from += CHARACTERS_PER_CHUNK) {
      parts.add(text.substring(from, Math.min(text.length(), from + CHARACTERS_PER_CHUNK)));
    }
    return parts;
  }

  ObjectNode lastChunk() {
    ObjectNode body = frame("chat.completion.chunk");
    ObjectNode choice = body.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", finishReason());
    choice.putObject("delta");
    return body;
  }

  ObjectNode usageChunk() {
    ObjectNode body = frame("chat.completion.chunk");
    body.putArray("choices");
    body.set("usage", usage());
    return body;
  }

  private String finishReason() {
    if (said != null && said.has("tool_calls")) {
      return "tool_calls";
    }
    return cutByLimit ? "length" : "stop";
  }

  private ObjectNode frame(String object) {
    return JSON.createObjectNode()
        .put("id", id)
        .put("object", object)
        .put("created", 1_790_000_000L)
        .put("model", model);
  }

  private ObjectNode usage() {
    ObjectNode usage =
        JSON.createObjectNode()
            .put("prompt_tokens", promptTokens)
            .put("completion_tokens", completionTokens)
            .put("total_tokens", promptTokens + completionTokens);
    if (cachedTokens > 0) {
      usage.putObject("prompt_tokens_details").put("cached_tokens", cachedTokens);
    }
    return usage;
  }

  private static String words(int from, int to) {
    var words = new StringBuilder();
    for (int i = from; i < to; i++) {
      words.append("word").append(i).append(' ');
    }
    return words.toString();
  }
}
