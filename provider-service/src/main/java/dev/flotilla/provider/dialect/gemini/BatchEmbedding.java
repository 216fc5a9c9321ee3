package dev.flotilla.provider.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Completion;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.Question;
import dev.flotilla.provider.embedding.Inputs;
import dev.flotilla.provider.embedding.Vectors;
import java.util.ArrayList;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request for vectors in Gemini's words, and its answer in OpenAI's. Several inputs are one
 * request each in a batch; {@code dimensions} is {@code outputDimensionality}, {@code user} is left
 * out because it does not change the answer.
 */
final class BatchEmbedding {
  /** Google's limit of one batch. */
  private static final int MOST_INPUTS = 100;

  private static final Set<String> KNOWN =
      Set.of("model", "input", "dimensions", "encoding_format", "user");

  private BatchEmbedding() {}

  static ObjectNode write(Model model, ObjectNode body) throws Inexpressible {
    for (var field : body.properties()) {
      if (!KNOWN.contains(field.getKey()) && !field.getValue().isNull()) {
        throw Inexpressible.unsupported(
            field.getKey(),
            "Gemini has nothing like '" + field.getKey() + "' for vectors; leave it out.");
      }
    }
    Inputs inputs = Inputs.of(body);
    if (inputs == null) {
      throw Inexpressible.invalid("input", "'input' must be a text or a list of texts.");
    }
    if (inputs.areTokens()) {
      throw Inexpressible.unsupported(
          "input", "Gemini does not know these token numbers; send 'input' as text.");
    }
    if (inputs.count() > MOST_INPUTS) {
      throw Inexpressible.unsupported(
          "input",
          "Gemini takes up to "
              + MOST_INPUTS
              + " inputs at once, and here are "
              + inputs.count()
              + "; send them in several requests.");
    }
    ObjectNode request = Json.object();
    ArrayNode each = request.putArray("requests");
    for (JsonNode text : inputs.each()) {
      ObjectNode one = each.addObject().put("model", "models/" + model.upstream());
      one.putObject("content").putArray("parts").addObject().set("text", text);
      if (body.hasNonNull("dimensions")) {
        one.set("outputDimensionality", body.path("dimensions"));
      }
    }
    return request;
  }

  static CallOutcome read(Question question, byte[] bytes) {
    try {
      Vectors vectors = vectors(question, Json.parseObject(bytes));
      return vectors == null
          ? new Failure.BadAnswer(200, null)
          : new CallOutcome.Answered(200, Completion.of(vectors));
    } catch (NotJson e) {
      return new Failure.BadAnswer(200, null);
    }
  }

  private static @Nullable Vectors vectors(Question question, ObjectNode answer) {
    Inputs inputs = Inputs.of(question.body());
    JsonNode embeddings = answer.path("embeddings");
    if (inputs == null || embeddings.size() != inputs.count()) {
      return null;
    }
    int length = Vectors.length(question.model(), question.body());
    var vectors = new ArrayList<float[]>();
    for (JsonNode embedding : embeddings) {
      JsonNode values = embedding.path("values");
      if (!values.isArray() || values.size() != length) {
        return null;
      }
      float[] vector = new float[length];
      for (int i = 0; i < length; i++) {
        if (!values.path(i).isNumber()) {
          return null;
        }
        vector[i] = values.path(i).floatValue();
      }
      vectors.add(vector);
    }
    // Not all of Google's models count; who pays by an estimate is told so.
    JsonNode tokens = answer.path("usageMetadata").path("promptTokenCount");
    return Vectors.of(
        vectors,
        question.model(),
        question.body(),
        tokens.isIntegralNumber() && tokens.canConvertToLong() && tokens.longValue() > 0
            ? tokens.longValue()
            : null);
  }
}
