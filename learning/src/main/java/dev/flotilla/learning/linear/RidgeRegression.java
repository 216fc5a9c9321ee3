package dev.flotilla.learning.linear;

import java.util.Arrays;
import java.util.List;

/**
 * A number foretold from a vector: least squares with a Gaussian prior on the weights. Immutable by
 * convention and thread-safe.
 *
 * @param weights by place
 * @param mean of what was learned from; what is foretold when nothing is known
 */
public record RidgeRegression(double[] weights, double mean) {
  private static final int MOST_STEPS = 200;
  private static final double TOLERANCE = 1e-3;

  /**
   * Learns from examples.
   *
   * @param places how many there are
   * @param prior how strongly weights are drawn to 0, above 0
   */
  public static RidgeRegression train(
      List<SparseVector> examples, double[] targets, int places, double prior) {
    Compact compact = Compact.of(examples, places);
    double mean = Arrays.stream(targets).average().orElse(0);
    double[] found =
        new Minimizer(MOST_STEPS, TOLERANCE)
            .minimum(
                (point, gradient) -> loss(compact, targets, mean, prior, point, gradient),
                compact.used());
    return new RidgeRegression(compact.spread(found, places), mean);
  }

  private static double loss(
      Compact examples,
      double[] targets,
      double mean,
      double prior,
      double[] point,
      double[] gradient) {
    double loss = 0;
    for (int i = 0; i < point.length; i++) {
      loss += prior / 2 * point[i] * point[i];
      gradient[i] = prior * point[i];
    }
    for (int e = 0; e < examples.size(); e++) {
      double error = examples.dot(e, point, 0) + mean - targets[e];
      loss += error * error / 2;
      examples.addTo(e, gradient, 0, error);
    }
    return loss;
  }

  public double foretell(SparseVector what) {
    return mean + what.dot(weights);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RidgeRegression that
        && Arrays.equals(weights, that.weights)
        && mean == that.mean;
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(weights) + Double.hashCode(mean);
  }

  @Override
  public String toString() {
    return weights.length + " weights";
  }
}
