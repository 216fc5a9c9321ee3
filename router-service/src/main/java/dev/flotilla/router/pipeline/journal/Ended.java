package dev.flotilla.router.pipeline.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.AttemptReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a try ended.
 *
 * @param output null unless it is done
 * @param error null when it is done; {@code code} and {@code message}, and {@code broken} when an
 *     answer was not accepted
 * @param answer null when no model answered
 * @param calls what was paid, or may have been
 */
public record Ended(
    AttemptState state,
    @Nullable JsonNode output,
    @Nullable ObjectNode error,
    @Nullable ModelAnswer answer,
    List<AttemptReport> calls) {
  public Ended {
    calls = List.copyOf(calls);
  }

  public static Ended done(JsonNode output) {
    return new Ended(AttemptState.DONE, output, null, null, List.of());
  }

  public static Ended failed(ObjectNode error) {
    return new Ended(AttemptState.FAILED, null, error, null, List.of());
  }

  /**
   * How an answer came about.
   *
   * @param taskType null when models were named
   * @param model null when nobody answered
   * @param promptTokens null when nobody said; the same for the others
   */
  public record ModelAnswer(
      @Nullable String taskType,
      @Nullable String model,
      String cache,
      int fallbackCount,
      @Nullable Long promptTokens,
      @Nullable Long completionTokens,
      @Nullable Long cachedTokens,
      @Nullable Long reasoningTokens) {}
}
