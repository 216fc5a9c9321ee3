package dev.flotilla.learning.linear;

import java.util.Arrays;
import java.util.List;

/**
 * Examples whose places are numbered anew, so that nothing is spent on those that none of them has.
 */
final class Compact {
  private final int[][] columns;
  private final float[][] values;
  private final int[] placeOf;

  private Compact(int[][] columns, float[][] values, int[] placeOf) {
    this.columns = columns;
    this.values = values;
    this.placeOf = placeOf;
  }

  static Compact of(List<SparseVector> examples, int places) {
    int[] columnOf = new int[places];
    Arrays.fill(columnOf, -1);
    int[] placeOf = new int[places];
    int used = 0;
    int[][] columns = new int[examples.size()][];
    float[][] values = new float[examples.size()][];
    for (int e = 0; e < columns.length; e++) {
      int[] from = examples.get(e).places();
      columns[e] = new int[from.length];
      values[e] = examples.get(e).values();
      for (int i = 0; i < from.length; i++) {
        if (columnOf[from[i]] < 0) {
          placeOf[used] = from[i];
          columnOf[from[i]] = used++;
        }
        columns[e][i] = columnOf[from[i]];
      }
    }
    return new Compact(columns, values, Arrays.copyOf(placeOf, used));
  }

  int size() {
    return columns.length;
  }

  /** How many places occur. */
  int used() {
    return placeOf.length;
  }

  /** An example times the weights that begin at an index. */
  double dot(int example, double[] weights, int from) {
    int[] column = columns[example];
    float[] value = values[example];
    double sum = 0;
    for (int i = 0; i < column.length; i++) {
      sum += value[i] * weights[from + column[i]];
    }
    return sum;
  }

  /** Adds an example, times a factor, to what begins at an index. */
  void addTo(int example, double[] sum, int from, double factor) {
    int[] column = columns[example];
    float[] value = values[example];
    for (int i = 0; i < column.length; i++) {
      sum[from + column[i]] += factor * value[i];
    }
  }

  /** Weights by place; 0 where no example has one. */
  double[] spread(double[] weights, int places) {
    double[] spread = new double[places];
    for (int i = 0; i < weights.length; i++) {
      spread[placeOf[i]] = weights[i];
    }
    return spread;
  }
}
