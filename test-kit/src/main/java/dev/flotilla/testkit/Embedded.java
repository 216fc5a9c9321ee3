package dev.flotilla.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The vectors that follow from a request. An input has a token for four of its characters, rounded
 * up, or as many as it lists; vectors have {@code dimensions} numbers, or 8, in the form that was
 * asked for.
 */
record Embedded(JsonNode request) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int DIMENSIONS = 8;

  long tokens() {
    return inputs().stream()
        .mapToLong(each -> each.isArray() ? each.size() : (each.asText().length() + 3L) / 4)
        .sum();
  }

  ObjectNode body() {
    ObjectNode body = JSON.createObjectNode().put("object", "list");
    ArrayNode data = body.putArray("data");
    for (JsonNode each : inputs()) {
      ObjectNode one = data.addObject().put("object", "embedding").put("index", data.size() - 1);
      if (request.path("encoding_format").asText().equals("base64")) {
        one.put("embedding", base64(vector(each)));
      } else {
        ArrayNode list = one.putArray("embedding");
        for (float number : vector(each)) {
          list.add(number);
        }
      }
    }
    body.put("model", request.path("model").asText("unknown"));
    body.putObject("usage").put("prompt_tokens", tokens()).put("total_tokens", tokens());
    return body;
  }

  private List<JsonNode> inputs() {
    JsonNode input = request.path("input");
    if (!input.isArray() || input.path(0).isNumber()) {
      return List.of(input);
    }
    var each = new ArrayList<JsonNode>();
    input.forEach(each::add);
    return each;
  }

  private float[] vector(JsonNode input) {
    var numbers = new SplittableRandom(input.toString().hashCode());
    float[] vector = new float[request.path("dimensions").asInt(DIMENSIONS)];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) numbers.nextDouble(-1, 1);
    }
    return vector;
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
