package dev.flotilla.provider.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import java.util.Collection;
import java.util.LinkedHashMap;

/**
 * Thinking blocks as {@code reasoning_details}, OpenRouter's name for them. A caller who sends an
 * assistant's message back with them, whole or in the pieces of a stream, keeps the signatures
 * without which a model that calls tools cannot go on thinking. Thoughts of other providers are
 * passed over: they mean nothing to this one.
 */
final class Thoughts {
  private static final String FORMAT = "anthropic-claude-v1";
  private static final String TEXT = "reasoning.text";
  private static final String ENCRYPTED = "reasoning.encrypted";

  private Thoughts() {}

  /** The beginning of a thought. */
  static ObjectNode begun(int index) {
    return more(index).put("format", FORMAT);
  }

  /** A piece of a thought that has begun: what does not change is not said again. */
  static ObjectNode more(int index) {
    return Json.object().put("type", TEXT).put("index", index);
  }

  static ObjectNode encrypted(int index, JsonNode data) {
    return Json.object()
        .put("type", ENCRYPTED)
        .put("format", FORMAT)
        .put("index", index)
        .set("data", data);
  }

  /** The blocks that the details came from. */
  static Collection<ObjectNode> read(JsonNode details) {
    var blocks = new LinkedHashMap<Integer, ObjectNode>();
    int at = 0;
    for (JsonNode detail : details) {
      int index = detail.path("index").asInt(--at);
      boolean begins = detail.has("format") || !blocks.containsKey(index);
      if (begins && !detail.path("format").asText().equals(FORMAT)) {
        continue;
      }
      if (detail.path("type").asText().equals(ENCRYPTED)) {
        ObjectNode block = Json.object().put("type", "redacted_thinking");
        blocks.put(index, block.set("data", detail.path("data")));
      } else {
        ObjectNode block =
            blocks.computeIfAbsent(
                index, none -> Json.object().put("type", "thinking").put("thinking", ""));
        append(block, "thinking", detail.path("text"));
        append(block, "signature", detail.path("signature"));
      }
    }
    // Anthropic refuses a thought that it has not signed.
    blocks
        .values()
        .removeIf(b -> b.path("type").asText().equals("thinking") && !b.has("signature"));
    return blocks.values();
  }

  private static void append(ObjectNode block, String field, JsonNode piece) {
    if (piece.isTextual()) {
      block.put(field, block.path(field).asText() + piece.textValue());
    }
  }
}
