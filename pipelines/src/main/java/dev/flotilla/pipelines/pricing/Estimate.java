package dev.flotilla.pipelines.pricing;

import java.util.List;

/**
 * What a run costs.
 *
 * @param version of the pipeline
 * @param prices version of the catalogue whose prices were used
 * @param total not always the sum: of a switch only one branch is taken, and a budget ends a run
 * @param steps in the order of the file
 * @param assumptions that concern all of it, one sentence each
 */
public record Estimate(
    String pipeline,
    String version,
    String prices,
    Amounts total,
    List<StepEstimate> steps,
    List<String> assumptions) {
  public Estimate {
    steps = List.copyOf(steps);
    assumptions = List.copyOf(assumptions);
  }
}
