package dev.flotilla.router.pipeline.interpreter;

import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.router.pipeline.journal.Attempt;
import dev.flotilla.router.pipeline.journal.AttemptState;
import io.opentelemetry.api.trace.Span;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One try of a step's action.
 *
 * @param key the step's path, with items
 * @param path without items
 * @param scope what the step sees
 * @param before all earlier tries, oldest first
 * @param requestId of this try alone
 */
record Try(
    Going going,
    Step step,
    String key,
    String path,
    Map<String, @Nullable Object> scope,
    List<Attempt> before,
    String requestId,
    Span span) {
  /**
   * The name under which nothing in this try is paid twice. It changes after a failure that is
   * known, and never after one that nobody knows of: whoever makes the try again gets the answer
   * that was paid for.
   */
  String idempotencyKey() {
    long known =
        before.stream()
            .filter(
                one -> one.state() == AttemptState.FAILED || one.state() == AttemptState.SUPERSEDED)
            .count();
    return "run/" + going.run().id() + "/" + key + "/" + (known + 1);
  }

  /** Tries of this round whose output was not as it must be, oldest first. */
  List<Attempt> invalid() {
    return before.stream()
        .filter(one -> one.round() == going.run().round() && one.state() == AttemptState.FAILED)
        .filter(
            one ->
                one.error() != null
                    && Recorded.object(one.error())
                        .path("code")
                        .asText()
                        .equals(Errors.INVALID_OUTPUT))
        .toList();
  }
}
