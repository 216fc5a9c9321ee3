package dev.flotilla.pipelines.definition;

import dev.flotilla.pipelines.expression.Expression;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One action with what surrounds it.
 *
 * @param id what its output is called from the next node on; unique in the pipeline
 * @param index its place in the file, from 0, whatever it is nested in
 * @param description empty when there is none
 * @param when it is skipped, and its output null, unless this holds; null holds always
 * @param each done once per item of a list, its output being the list of outputs in the same order;
 *     null for a step done once
 * @param validate rules over the names the step sees, and over {@code output}
 * @param onInvalid what happens to an output that is not as it must be
 * @param onError what happens when the action fails for another reason
 * @param timeout most time for one attempt; null leaves it to whoever is asked
 * @param maxAttempts how often the action is begun at most, per item, for whatever reason: an
 *     invalid output, a failure, or a runner that was lost; at least 1
 * @param onUnknown what happens to an attempt whose runner was lost before it could write down how
 *     it ended
 */
public record Step(
    String id,
    int index,
    String description,
    @Nullable Expression when,
    @Nullable Each each,
    Action action,
    Output output,
    List<Rule> validate,
    OnInvalid onInvalid,
    OnError onError,
    @Nullable Duration timeout,
    int maxAttempts,
    OnUnknown onUnknown)
    implements Node {
  public Step {
    validate = List.copyOf(validate);
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("a step is attempted at least once");
    }
  }
}
