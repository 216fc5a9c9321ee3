package dev.flotilla.provider.embedding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.flotilla.catalog.Embedding;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.json.Json;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer to a request for vectors: one for each input, each as long as was asked, in the
 * form that was asked for.
 *
 * @param body an object of kind {@code list}; its {@code model} is the provider's name
 * @param usage null when the provider reported none that can be true
 */
public record Vectors(ObjectNode body, @Nullable AttemptUsage usage) {
  /** No input is ten windows long; a larger count is a mistake and must not be paid. */
  private static final long TIMES_CONTEXT = 10;

  /** An answer in OpenAI's dialect; null when it is not what was asked for. */
  public static @Nullable Vectors of(ObjectNode body, Model model, ObjectNode request) {
    Inputs inputs = Inputs.of(request);
    JsonNode data = body.path("data");
    if (inputs == null || !data.isArray() || data.size() != inputs.count()) {
      return null;
    }
    int length = length(model, request);
    for (JsonNode one : data) {
      JsonNode shown = inForm(one.path("embedding"), length, asBase64(request));
      if (shown == null || !(one instanceof ObjectNode item)) {
        return null;
      }
      item.set("embedding", shown);
    }
    return new Vectors(body, usage(body.path("usage"), model, request));
  }

  /**
   * An answer of a provider who speaks otherwise.
   *
   * @param tokens of all inputs; null when it did not say
   */
  public static Vectors of(
      List<float[]> vectors, Model model, ObjectNode request, @Nullable Long tokens) {
    ObjectNode body = Json.object().put("object", "list");
    ArrayNode data = body.putArray("data");
    boolean base64 = asBase64(request);
    for (int i = 0; i < vectors.size(); i++) {
      data.addObject()
          .put("object", "embedding")
          .put("index", i)
          .set(
              "embedding",
              base64 ? TextNode.valueOf(base64(vectors.get(i))) : list(vectors.get(i)));
    }
    body.put("model", model.upstream());
    if (tokens == null) {
      return new Vectors(body, null);
    }
    body.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return new Vectors(body, AttemptUsage.text(tokens, 0, 0, 0));
  }

  /** How long each vector has to be. */
  public static int length(Model model, ObjectNode request) {
    Embedding embedding = model.embedding();
    if (embedding == null) {
      throw new IllegalArgumentException(model.id() + " makes no vectors");
    }
    return request.path("dimensions").asInt(embedding.dimensions());
  }

  private static boolean asBase64(ObjectNode request) {
    return request.path("encoding_format").asText().equals("base64");
  }

  /** As it came if it can be; some servers send numbers whatever was asked. Null for no vector. */
  private static @Nullable JsonNode inForm(JsonNode vector, int length, boolean base64) {
    if (vector.isTextual()) {
      float[] floats = floats(vector.textValue());
      if (floats == null || floats.length != length) {
        return null;
      }
      return base64 ? vector : list(floats);
    }
    if (!vector.isArray() || vector.size() != length) {
      return null;
    }
    float[] floats = new float[length];
    for (int i = 0; i < length; i++) {
      if (!vector.path(i).isNumber()) {
        return null;
      }
      floats[i] = vector.path(i).floatValue();
    }
    return base64 ? TextNode.valueOf(base64(floats)) : vector;
  }

  private static ArrayNode list(float[] vector) {
    ArrayNode list = Json.object().arrayNode(vector.length);
    for (float number : vector) {
      list.add(number);
    }
    return list;
  }

  /** OpenAI's form: 32-bit numbers, the lowest byte first. */
  private static String base64(float[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static float @Nullable [] floats(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      float[] floats = new float[bytes.length / Float.BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
      return floats;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** OpenAI's {@code usage}; null when it is absent or says something that cannot be true. */
  public static @Nullable AttemptUsage usage(JsonNode usage, Model model, ObjectNode request) {
    JsonNode tokens = usage.path("prompt_tokens");
    Inputs inputs = Inputs.of(request);
    long most = model.contextTokens() * TIMES_CONTEXT * (inputs == null ? 1 : inputs.count());
    if (!tokens.isIntegralNumber()
        || !tokens.canConvertToLong()
        || tokens.longValue() < 0
        || tokens.longValue() > most) {
      return null;
    }
    return AttemptUsage.text(tokens.longValue(), 0, 0, 0);
  }
}
