package dev.flotilla.judgement.evaluation;

import dev.flotilla.judgement.reliability.NoisyOr;
import dev.flotilla.learning.linear.SoftmaxRegression;
import dev.flotilla.learning.linear.SparseVector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * By the noisy-or of how likely a logistic regression takes each member to be right; the likeliest
 * one represents it.
 */
record LearnedWay() implements Way {
  /** Of the weights. */
  @Override
  public List<Double> variants() {
    return List.of(3.0, 10.0, 30.0, 100.0);
  }

  @Override
  public List<Double> thresholds() {
    return IntStream.rangeClosed(5, 49).mapToObj(step -> step / 50.0).toList();
  }

  @Override
  public Scorer fit(List<PullRequest> training, double prior) {
    FindingFeatures features = FindingFeatures.of(training);
    var examples = new ArrayList<SparseVector>();
    var classes = new ArrayList<Integer>();
    for (PullRequest request : training) {
      examples.addAll(features.of(request));
      request.findings().forEach(finding -> classes.add(finding.right() ? 1 : 0));
    }
    SoftmaxRegression model =
        SoftmaxRegression.train(
            examples,
            classes.stream().mapToInt(Integer::intValue).toArray(),
            2,
            features.places(),
            prior);
    Map<PullRequest, double[]> known = new HashMap<>();
    return (of, members) -> {
      double[] likely =
          known.computeIfAbsent(
              of,
              request ->
                  features.of(request).stream()
                      .mapToDouble(each -> model.probabilities(each)[1])
                      .toArray());
      int best =
          members.stream()
              .max(
                  Comparator.comparingDouble((Integer member) -> likely[member])
                      .thenComparing(Comparator.reverseOrder()))
              .orElseThrow();
      double[] each = members.stream().mapToDouble(member -> likely[member]).toArray();
      return new Shown(NoisyOr.of(each), best, members);
    };
  }
}
