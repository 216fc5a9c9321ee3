package dev.flotilla.learning.linear;

import java.util.Arrays;

/**
 * A few numbers at places of a long vector that is 0 elsewhere. Immutable by convention: nobody
 * changes the arrays.
 *
 * @param places ascending, each once
 * @param values as many as places
 */
public record SparseVector(int[] places, float[] values) {
  /** The sum of products with a dense vector. */
  public double dot(double[] dense) {
    double sum = 0;
    for (int i = 0; i < places.length; i++) {
      sum += values[i] * dense[places[i]];
    }
    return sum;
  }

  /**
   * Each value times a weight, and all of it as long as 1; as long as 0 when nothing has a weight.
   *
   * @param weights by place
   */
  public SparseVector weighted(double[] weights) {
    float[] weighted = new float[values.length];
    double squares = 0;
    for (int i = 0; i < values.length; i++) {
      weighted[i] = (float) (values[i] * weights[places[i]]);
      squares += (double) weighted[i] * weighted[i];
    }
    for (int i = 0; i < values.length && squares > 0; i++) {
      weighted[i] /= (float) Math.sqrt(squares);
    }
    return new SparseVector(places, weighted);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SparseVector that
        && Arrays.equals(places, that.places)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(places) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return places.length + " places";
  }
}
