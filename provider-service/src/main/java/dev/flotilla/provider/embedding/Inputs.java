package dev.flotilla.provider.embedding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to become vectors: one for each element, in this order.
 *
 * @param each a text, or a list of token numbers; one kind for all
 */
public record Inputs(List<JsonNode> each) {
  public Inputs {
    each = List.copyOf(each);
  }

  /** OpenAI's {@code input} in all its forms; null when it is none of them. */
  public static @Nullable Inputs of(ObjectNode request) {
    JsonNode input = request.path("input");
    if (input.isTextual() || isTokens(input)) {
      return new Inputs(List.of(input));
    }
    var each = new ArrayList<JsonNode>();
    for (JsonNode one : input) {
      if (!(one.isTextual() || isTokens(one)) || one.isTextual() != input.get(0).isTextual()) {
        return null;
      }
      each.add(one);
    }
    return each.isEmpty() || !input.isArray() ? null : new Inputs(each);
  }

  public int count() {
    return each.size();
  }

  /** Whether they are token numbers, which only mean something to models with that vocabulary. */
  public boolean areTokens() {
    return each.getFirst().isArray();
  }

  private static boolean isTokens(JsonNode node) {
    if (!node.isArray() || node.isEmpty()) {
      return false;
    }
    for (JsonNode token : node) {
      if (!token.isIntegralNumber()) {
        return false;
      }
    }
    return true;
  }
}
