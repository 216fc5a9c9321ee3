package dev.flotilla.provider.dialect.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.catalog.Embedding;
import dev.flotilla.catalog.Model;
import dev.flotilla.provider.dialect.Question;
import dev.flotilla.provider.embedding.Inputs;
import dev.flotilla.provider.embedding.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The vectors that follow from texts: each word has a direction by its hash, and a text that of its
 * words together. So texts that share words are near each other, and every simulated provider has
 * the same vectors. Tokens are counted as in {@link Invention}.
 */
final class InventedVectors {
  private static final int CHARS_PER_TOKEN = 4;

  private InventedVectors() {}

  static Vectors of(Question question) {
    Model model = question.model();
    Inputs inputs = Inputs.of(question.body());
    Embedding embedding = model.embedding();
    if (inputs == null || embedding == null) {
      throw new IllegalStateException("nothing to make vectors of for " + model.id());
    }
    int length = Math.min(Vectors.length(model, question.body()), embedding.dimensions());
    var vectors = new ArrayList<float[]>();
    long tokens = 0;
    for (JsonNode input : inputs.each()) {
      vectors.add(unit(sum(words(input), embedding.dimensions()), length));
      tokens += tokens(input);
    }
    return Vectors.of(vectors, model, question.body(), tokens);
  }

  private static List<String> words(JsonNode input) {
    if (input.isArray()) {
      var tokens = new ArrayList<String>();
      input.forEach(token -> tokens.add("token " + token.asText()));
      return tokens;
    }
    List<String> words =
        Arrays.stream(input.textValue().toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+"))
            .filter(word -> !word.isEmpty())
            .toList();
    return words.isEmpty() ? List.of(input.textValue()) : words;
  }

  private static double[] sum(List<String> words, int dimensions) {
    double[] sum = new double[dimensions];
    for (String word : words) {
      var direction = new SplittableRandom(word.hashCode());
      for (int i = 0; i < dimensions; i++) {
        sum[i] += direction.nextDouble(-1, 1);
      }
    }
    return sum;
  }

  /** The first {@code length} of the numbers, as a vector of length 1. */
  private static float[] unit(double[] sum, int length) {
    double squares = 0;
    for (int i = 0; i < length; i++) {
      squares += sum[i] * sum[i];
    }
    double norm = squares == 0 ? 1 : Math.sqrt(squares);
    float[] unit = new float[length];
    for (int i = 0; i < length; i++) {
      unit[i] = (float) (sum[i] / norm);
    }
    return unit;
  }

  private static long tokens(JsonNode input) {
    return input.isArray()
        ? input.size()
        : Math.max(1, (input.textValue().length() + CHARS_PER_TOKEN - 1L) / CHARS_PER_TOKEN);
  }
}
