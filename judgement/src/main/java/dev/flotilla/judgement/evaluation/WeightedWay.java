package dev.flotilla.judgement.evaluation;

import dev.flotilla.judgement.reliability.NoisyOr;
import java.util.List;
import java.util.stream.IntStream;

/** By the noisy-or of the reliabilities of those who see it. */
record WeightedWay() implements Way {
  @Override
  public List<Double> variants() {
    return List.of(0.0);
  }

  @Override
  public List<Double> thresholds() {
    return IntStream.rangeClosed(2, 38).mapToObj(step -> step / 40.0).toList();
  }

  @Override
  public Scorer fit(List<PullRequest> training, double variant) {
    Reliabilities reliabilities = Reliabilities.of(training);
    return (of, members) -> {
      double[] each =
          members.stream()
              .mapToDouble(member -> reliabilities.precision(of.reviewers().get(member)))
              .toArray();
      return new Shown(NoisyOr.of(each), reliabilities.central(of, members), members);
    };
  }
}
