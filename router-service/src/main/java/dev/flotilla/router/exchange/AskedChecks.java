package dev.flotilla.router.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants of an answer beyond its form: {@code route.validate}.
 *
 * @param schema JSON Schema the answer's JSON must satisfy; null when there is none
 * @param rules expressions that must hold; empty when there are none
 */
public record AskedChecks(@Nullable JsonNode schema, List<Rule> rules) {
  public AskedChecks {
    rules = List.copyOf(rules);
  }

  /**
   * A condition on an answer.
   *
   * @param rule in CEL
   * @param message what is wrong when it does not hold; null when nobody wrote one
   */
  public record Rule(String rule, @Nullable String message) {}
}
