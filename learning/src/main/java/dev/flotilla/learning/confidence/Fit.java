package dev.flotilla.learning.confidence;

import dev.flotilla.learning.confidence.AuditedAnswer.Group;
import dev.flotilla.learning.linear.SoftmaxRegression;
import dev.flotilla.learning.linear.SparseVector;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Fits weights for all groups at once. Each group's are those that all share and some of its own,
 * and a prior draws both to 0: a group of few answers is judged like the others, one of many by
 * itself.
 */
final class Fit {
  private static final int BAD = 0;
  private static final int GOOD = 1;

  /** Of features that were made to vary by 1; the variance of a weight is its inverse. */
  private static final double PRIOR = 0.5;

  /** Logprob, none, agreement, stated, not stated. */
  private static final int FEATURES = 5;

  /** And what is so for all answers of a group. */
  private static final int OF_A_GROUP = FEATURES + 1;

  private final List<AuditedAnswer> answers;
  private final List<Group> groups;
  private final boolean two;
  private final Scale logprob;
  private final Scale agreement;
  private final Scale stated;

  private Fit(List<AuditedAnswer> answers, boolean two) {
    this.answers = answers;
    this.groups = List.copyOf(new LinkedHashSet<>(answers.stream().map(a -> a.group()).toList()));
    this.two = two;
    this.logprob = Scale.of(answers, each -> each.features().logprob());
    this.agreement = Scale.of(answers, each -> each.features().agreement());
    this.stated = Scale.of(answers, each -> each.features().stated());
  }

  /**
   * Learns from those answers that have what it takes.
   *
   * @param two from those with a second answer, or from those with logprobs
   */
  static Map<Group, Weights> of(List<AuditedAnswer> answers, boolean two) {
    List<AuditedAnswer> fit =
        answers.stream()
            .filter(
                each ->
                    two ? each.features().agreement() != null : each.features().logprob() != null)
            .toList();
    return fit.isEmpty() ? Map.of() : new Fit(fit, two).weights();
  }

  /** Makes a feature vary by 1 around 0, so that one prior fits all. */
  private record Scale(double mean, double deviation) {
    static Scale of(
        List<AuditedAnswer> answers, Function<AuditedAnswer, @Nullable Double> feature) {
      double[] values =
          answers.stream()
              .map(feature)
              .filter(Objects::nonNull)
              .mapToDouble(Double::doubleValue)
              .toArray();
      double mean = Arrays.stream(values).average().orElse(0);
      double variance = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElse(0);
      return new Scale(mean, variance == 0 ? 1 : Math.sqrt(variance));
    }

    double of(double value) {
      return (value - mean) / deviation;
    }
  }

  private Map<Group, Weights> weights() {
    List<SparseVector> examples = answers.stream().map(this::vector).toList();
    int[] classOf = answers.stream().mapToInt(each -> each.good() ? GOOD : BAD).toArray();
    int places = FEATURES + OF_A_GROUP * groups.size();
    SoftmaxRegression found = SoftmaxRegression.train(examples, classOf, 2, places, PRIOR);
    double[] weights = new double[places];
    for (int i = 0; i < places; i++) {
      weights[i] = found.weights()[GOOD][i] - found.weights()[BAD][i];
    }
    double offset = found.offsets()[GOOD] - found.offsets()[BAD];
    var byGroup = new HashMap<Group, Weights>();
    for (int g = 0; g < groups.size(); g++) {
      int from = FEATURES + OF_A_GROUP * g;
      double[] sum = new double[FEATURES];
      for (int i = 0; i < FEATURES; i++) {
        sum[i] = weights[i] + weights[from + i];
      }
      byGroup.put(groups.get(g), unscaled(groups.get(g), offset + weights[from + FEATURES], sum));
    }
    return byGroup;
  }

  /** The features' places, shared by all, and again for the group alone. */
  private SparseVector vector(AuditedAnswer answer) {
    Features features = answer.features();
    float[] values = new float[FEATURES];
    values[0] = features.logprob() == null ? 0 : (float) logprob.of(features.logprob());
    values[1] = features.logprob() == null ? 1 : 0;
    values[2] =
        !two || features.agreement() == null ? 0 : (float) agreement.of(features.agreement());
    values[3] = features.stated() == null ? 0 : (float) stated.of(features.stated());
    values[4] = features.stated() == null ? 1 : 0;
    int from = FEATURES + OF_A_GROUP * groups.indexOf(answer.group());
    int[] places = new int[FEATURES + OF_A_GROUP];
    float[] all = new float[places.length];
    for (int i = 0; i < FEATURES; i++) {
      places[i] = i;
      all[i] = values[i];
      places[FEATURES + i] = from + i;
      all[FEATURES + i] = values[i];
    }
    places[2 * FEATURES] = from + FEATURES;
    all[2 * FEATURES] = 1;
    return new SparseVector(places, all);
  }

  /** The same weights for features as they come. */
  private Weights unscaled(Group group, double offset, double[] sum) {
    double ofLogprob = sum[0] / logprob.deviation();
    double ofAgreement = two ? sum[2] / agreement.deviation() : 0;
    double ofStated = sum[3] / stated.deviation();
    double logprobsMean = ofLogprob * logprob.mean();
    double statedsMean = ofStated * stated.mean();
    return new Weights(
        offset - logprobsMean - ofAgreement * agreement.mean() - statedsMean,
        ofLogprob,
        sum[1] + logprobsMean,
        ofAgreement,
        ofStated,
        sum[4] + statedsMean,
        always(group, each -> each.features().logprob()),
        always(group, each -> each.features().stated()),
        two);
  }

  private boolean always(Group group, Function<AuditedAnswer, @Nullable Double> feature) {
    return answers.stream()
        .filter(each -> each.group().equals(group))
        .allMatch(each -> feature.apply(each) != null);
  }
}
