package dev.flotilla.judgement.evaluation;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/**
 * By how many see it.
 *
 * @param thresholds how many, or which share of those who looked
 * @param shares whether shares are meant
 */
record CountedWay(List<Double> thresholds, boolean shares) implements Way {
  CountedWay {
    thresholds = List.copyOf(thresholds);
  }

  static CountedWay atLeast(int... counts) {
    return new CountedWay(Arrays.stream(counts).asDoubleStream().boxed().toList(), false);
  }

  static CountedWay moreThanHalf() {
    return new CountedWay(List.of(Math.nextUp(0.5)), true);
  }

  @Override
  public List<Double> variants() {
    return List.of(0.0);
  }

  @Override
  public Scorer fit(List<PullRequest> training, double variant) {
    Reliabilities reliabilities = Reliabilities.of(training);
    return (of, members) -> {
      double looked = shares ? new HashSet<>(of.reviewers()).size() : 1;
      return new Shown(members.size() / looked, reliabilities.central(of, members), members);
    };
  }
}
