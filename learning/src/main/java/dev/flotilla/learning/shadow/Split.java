package dev.flotilla.learning.shadow;

import java.util.List;

/** Which part of the requests a cheaper model may have. */
public sealed interface Split {
  /**
   * A part was found.
   *
   * @param share of requests
   * @param cutoff of the foretold loss, below which a request is in the part
   * @param kept q_routed − target · q_flagship over all requests
   */
  record Found(Foresight foresight, double share, double cutoff, Bounds kept) implements Split {}

  /** More pairs may show one. */
  record NotYet() implements Split {}

  /** Even with luck the smallest part that is worth it would not keep the target. */
  record Hopeless() implements Split {}

  /**
   * Looks for the largest part that keeps the target.
   *
   * @param pairs answered by both, in the order in which they came
   */
  static Split of(List<SeenPair> pairs, SplitRules rules) {
    return SplitSearch.of(pairs, rules);
  }
}
