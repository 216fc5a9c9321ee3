package dev.flotilla.router.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;

/**
 * Thoughts of earlier turns. Those that Anthropic has signed travel as {@code reasoning_details},
 * where its dialect finds them; the others as {@code reasoning_content}, where those who wrote them
 * do.
 */
final class Thoughts {
  /** How a detail says that it is Anthropic's. */
  static final String FORMAT = "anthropic-claude-v1";

  static final String TEXT = "reasoning.text";
  static final String ENCRYPTED = "reasoning.encrypted";

  private final ArrayNode details = Json.object().putArray("details");
  private final StringBuilder unsigned = new StringBuilder();

  void add(JsonNode block, String place) throws Untranslatable {
    if (block.path("type").asText().equals("redacted_thinking")) {
      Untranslatable.unlessKnown(block, place, "type", "data", "cache_control");
      detail(ENCRYPTED).set("data", block.path("data"));
      return;
    }
    Untranslatable.unlessKnown(block, place, "type", "thinking", "signature", "cache_control");
    if (block.path("signature").asText("").isEmpty()) {
      unsigned.append(block.path("thinking").asText(""));
    } else {
      ObjectNode detail = detail(TEXT);
      detail.set("text", block.path("thinking"));
      detail.set("signature", block.path("signature"));
    }
  }

  void writeTo(ObjectNode message) {
    if (!details.isEmpty()) {
      message.set("reasoning_details", details);
    }
    if (!unsigned.isEmpty()) {
      message.put("reasoning_content", unsigned.toString());
    }
  }

  private ObjectNode detail(String type) {
    return details
        .addObject()
        .put("type", type)
        .put("format", FORMAT)
        .put("index", details.size() - 1);
  }
}
