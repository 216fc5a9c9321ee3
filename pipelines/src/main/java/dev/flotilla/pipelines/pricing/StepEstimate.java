package dev.flotilla.pipelines.pricing;

import java.util.List;

/**
 * What a step costs in one run.
 *
 * @param cost of all its items and attempts together; the highest is {@link Long#MAX_VALUE} when
 *     nothing limits it
 * @param experienced whether the expected cost comes from earlier runs
 * @param assumptions what the amounts rest on, one sentence each
 */
public record StepEstimate(
    String step, Amounts cost, boolean experienced, List<String> assumptions) {
  public StepEstimate {
    assumptions = List.copyOf(assumptions);
  }
}
