package dev.flotilla.learning.linear;

import java.util.Arrays;
import java.util.List;

/**
 * Which of a few classes something belongs to: a weight per place and class, and the softmax of
 * their sums. Trained by maximum likelihood with a Gaussian prior on the weights and none on the
 * offsets. Immutable by convention and thread-safe.
 *
 * @param weights by class, then by place
 * @param offsets by class
 */
public record SoftmaxRegression(double[][] weights, double[] offsets) {
  private static final int MOST_STEPS = 200;
  private static final double TOLERANCE = 1e-4;

  /**
   * Learns from examples.
   *
   * @param classOf of each example, from 0
   * @param places how many there are
   * @param prior how strongly weights are drawn to 0, above 0
   */
  public static SoftmaxRegression train(
      List<SparseVector> examples, int[] classOf, int classes, int places, double prior) {
    Compact compact = Compact.of(examples, places);
    int used = compact.used();
    double[] found =
        new Minimizer(MOST_STEPS, TOLERANCE)
            .minimum(
                (point, gradient) -> loss(compact, classOf, classes, prior, point, gradient),
                classes * (used + 1));
    double[][] weights = new double[classes][];
    double[] offsets = new double[classes];
    for (int c = 0; c < classes; c++) {
      int from = c * (used + 1);
      weights[c] = compact.spread(Arrays.copyOfRange(found, from, from + used), places);
      offsets[c] = found[from + used];
    }
    return new SoftmaxRegression(weights, offsets);
  }

  private static double loss(
      Compact examples,
      int[] classOf,
      int classes,
      double prior,
      double[] point,
      double[] gradient) {
    int used = examples.used();
    double loss = 0;
    Arrays.fill(gradient, 0);
    for (int c = 0; c < classes; c++) {
      int from = c * (used + 1);
      for (int i = from; i < from + used; i++) {
        loss += prior / 2 * point[i] * point[i];
        gradient[i] = prior * point[i];
      }
    }
    double[] shares = new double[classes];
    for (int e = 0; e < examples.size(); e++) {
      for (int c = 0; c < classes; c++) {
        int from = c * (used + 1);
        shares[c] = examples.dot(e, point, from) + point[from + used];
      }
      softmax(shares);
      loss -= Math.log(Math.max(shares[classOf[e]], 1e-300));
      for (int c = 0; c < classes; c++) {
        double error = shares[c] - (classOf[e] == c ? 1 : 0);
        int from = c * (used + 1);
        examples.addTo(e, gradient, from, error);
        gradient[from + used] += error;
      }
    }
    return loss;
  }

  /** How likely each class is; they come to 1. */
  public double[] probabilities(SparseVector what) {
    double[] scores = scores(what);
    softmax(scores);
    return scores;
  }

  /** The logarithms of how likely each class is, but for a constant. */
  public double[] scores(SparseVector what) {
    double[] scores = new double[offsets.length];
    for (int c = 0; c < scores.length; c++) {
      scores[c] = what.dot(weights[c]) + offsets[c];
    }
    return scores;
  }

  /** The same with all scores divided by a temperature: above 1 it is less sure of itself. */
  public SoftmaxRegression cooled(double temperature) {
    double[][] cooled = new double[weights.length][];
    for (int c = 0; c < cooled.length; c++) {
      cooled[c] = Arrays.stream(weights[c]).map(weight -> weight / temperature).toArray();
    }
    return new SoftmaxRegression(
        cooled, Arrays.stream(offsets).map(offset -> offset / temperature).toArray());
  }

  /** In place. */
  public static void softmax(double[] scores) {
    double most = Arrays.stream(scores).max().orElse(0);
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Math.exp(scores[i] - most);
      sum += scores[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
  }

  /** The class with the most; the first of those with as much. */
  public static int best(double[] probabilities) {
    int best = 0;
    for (int i = 0; i < probabilities.length; i++) {
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    return best;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SoftmaxRegression that
        && Arrays.deepEquals(weights, that.weights)
        && Arrays.equals(offsets, that.offsets);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.deepHashCode(weights) + Arrays.hashCode(offsets);
  }

  @Override
  public String toString() {
    return offsets.length + " classes";
  }
}
