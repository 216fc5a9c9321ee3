package dev.flotilla.contracts.decision;

import java.util.List;

/**
 * Decisions that travel together.
 *
 * @param decisions 1 to {@link #LIMIT} of them; more is refused whole
 */
public record DecisionBatch(List<Decision> decisions) {
  /** More decisions than this in one batch are a 413. */
  public static final int LIMIT = 500;
}
