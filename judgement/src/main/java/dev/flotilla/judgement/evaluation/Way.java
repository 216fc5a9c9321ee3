package dev.flotilla.judgement.evaluation;

import java.util.List;

/** A way of combining what several reviewers found. */
interface Way {
  /** What can be chosen but for thresholds; each is a number that only this way understands. */
  List<Double> variants();

  /** From which score on a cluster may be shown, ascending; one of them is chosen. */
  List<Double> thresholds();

  /** Learns from pull requests what it needs to know of reviewers and texts. */
  Scorer fit(List<PullRequest> training, double variant);

  /** Says how sure clusters are. */
  @FunctionalInterface
  interface Scorer {
    /**
     * @param members places of findings of the pull request
     */
    Shown score(PullRequest of, List<Integer> members);
  }
}
