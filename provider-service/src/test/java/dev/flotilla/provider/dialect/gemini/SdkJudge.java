package dev.flotilla.provider.dialect.gemini;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.genai.JsonSerializable;
import com.google.genai.types.Content;
import com.google.genai.types.EmbedContentConfig;
import com.google.genai.types.GenerationConfig;
import com.google.genai.types.Tool;
import com.google.genai.types.ToolConfig;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whether the types of Google's own SDK know all of a request: what they do not, they would lose.
 */
final class SdkJudge {
  private static final Set<String> FIELDS =
      Set.of(
          "contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "requests");

  private SdkJudge() {}

  static void judge(JsonNode request) {
    for (var field : request.properties()) {
      assertTrue(FIELDS.contains(field.getKey()), field.getKey());
      switch (field.getKey()) {
        case "generationConfig" -> judge(field.getValue(), GenerationConfig.class);
        case "toolConfig" -> judge(field.getValue(), ToolConfig.class);
        case "systemInstruction" -> judge(field.getValue(), Content.class);
        case "requests" -> field.getValue().forEach(SdkJudge::judgeEmbedding);
        case "tools" -> field.getValue().forEach(tool -> judge(tool, Tool.class));
        default -> field.getValue().forEach(content -> judge(content, Content.class));
      }
    }
  }

  /** One text of a batch: its content and, beside the model's name, how its vector is wanted. */
  private static void judgeEmbedding(JsonNode request) {
    judge(request.path("content"), Content.class);
    ObjectNode config = request.deepCopy();
    config.remove(List.of("content", "model"));
    judge(config, EmbedContentConfig.class);
  }

  static <T extends JsonSerializable> void judge(JsonNode written, Class<T> type) {
    // This one word of Google's is no base64, although the field is.
    String text = Json.text(written).replace("skip_thought_signature_validator", "c2tpcHBlZA==");
    T read = JsonSerializable.fromJsonString(text, type);
    assertEquals(plain(parsed(text)), plain(parsed(read.toJson())));
  }

  /** Equal whatever the order of fields and the type of numbers. */
  static Object plain(JsonNode node) {
    if (node.isObject()) {
      var fields = new TreeMap<String, Object>();
      node.properties().forEach(field -> fields.put(field.getKey(), plain(field.getValue())));
      return fields;
    }
    if (node.isArray()) {
      var items = ImmutableList.<Object>builder();
      node.forEach(item -> items.add(plain(item)));
      return items.build();
    }
    return node.isNumber() ? Double.valueOf(node.doubleValue()) : node.asText();
  }

  private static JsonNode parsed(String text) {
    try {
      return Json.parse(text);
    } catch (NotJson e) {
      throw new AssertionError(text, e);
    }
  }
}
