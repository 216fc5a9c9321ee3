package dev.flotilla.learning.linear;

import java.util.ArrayDeque;

/**
 * L-BFGS with a backtracking line search: Nocedal and Wright, Numerical Optimization (2nd edition),
 * algorithms 7.4, 7.5 and 3.1. Always the same result for the same objective and start.
 */
final class Minimizer {
  private static final int REMEMBERED = 8;

  /** Of the step's promised decrease, what must be kept at least. */
  private static final double SUFFICIENT = 1e-4;

  private static final int MOST_HALVINGS = 30;

  private final int mostSteps;
  private final double tolerance;

  /**
   * @param tolerance ends when the longest slope is below this share of the first one
   */
  Minimizer(int mostSteps, double tolerance) {
    this.mostSteps = mostSteps;
    this.tolerance = tolerance;
  }

  private record Move(double[] step, double[] change, double curvature) {}

  /** Where it is small; begins at 0. */
  double[] minimum(Objective objective, int dimensions) {
    double[] point = new double[dimensions];
    double[] gradient = new double[dimensions];
    double value = objective.at(point, gradient);
    double enough = tolerance * longest(gradient);
    var moves = new ArrayDeque<Move>();
    for (int steps = 0; steps < mostSteps && longest(gradient) > enough; steps++) {
      double[] direction = direction(gradient, moves);
      double slope = dot(direction, gradient);
      double length = moves.isEmpty() ? 1 / Math.max(1e-12, Math.sqrt(-slope)) : 1;
      double[] next = new double[dimensions];
      double[] nextGradient = new double[dimensions];
      double nextValue = Double.POSITIVE_INFINITY;
      for (int halvings = 0; halvings < MOST_HALVINGS; halvings++) {
        for (int i = 0; i < dimensions; i++) {
          next[i] = point[i] + length * direction[i];
        }
        nextValue = objective.at(next, nextGradient);
        if (nextValue <= value + SUFFICIENT * length * slope) {
          break;
        }
        length /= 2;
      }
      if (nextValue >= value) {
        return point;
      }
      remember(moves, minus(next, point), minus(nextGradient, gradient));
      point = next;
      gradient = nextGradient;
      value = nextValue;
    }
    return point;
  }

  private static void remember(ArrayDeque<Move> moves, double[] step, double[] change) {
    double curvature = dot(step, change);
    if (curvature > 1e-12) {
      if (moves.size() == REMEMBERED) {
        moves.removeFirst();
      }
      moves.addLast(new Move(step, change, curvature));
    }
  }

  /** Downhill, as the last moves bend it. */
  private static double[] direction(double[] gradient, ArrayDeque<Move> moves) {
    double[] direction = gradient.clone();
    double[] shares = new double[moves.size()];
    int at = moves.size();
    for (var newest = moves.descendingIterator(); newest.hasNext(); ) {
      Move move = newest.next();
      double share = dot(move.step(), direction) / move.curvature();
      shares[--at] = share;
      add(direction, move.change(), -share);
    }
    if (!moves.isEmpty()) {
      Move last = moves.getLast();
      scale(direction, last.curvature() / dot(last.change(), last.change()));
    }
    for (Move move : moves) {
      double share = dot(move.change(), direction) / move.curvature();
      add(direction, move.step(), shares[at++] - share);
    }
    scale(direction, -1);
    return direction;
  }

  private static double longest(double[] vector) {
    double longest = 0;
    for (double each : vector) {
      longest = Math.max(longest, Math.abs(each));
    }
    return longest;
  }

  private static double dot(double[] one, double[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += one[i] * other[i];
    }
    return sum;
  }

  private static double[] minus(double[] one, double[] other) {
    double[] difference = one.clone();
    add(difference, other, -1);
    return difference;
  }

  private static void add(double[] to, double[] what, double factor) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * what[i];
    }
  }

  private static void scale(double[] what, double factor) {
    for (int i = 0; i < what.length; i++) {
      what[i] *= factor;
    }
  }
}
