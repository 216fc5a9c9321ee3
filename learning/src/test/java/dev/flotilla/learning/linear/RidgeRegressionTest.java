package dev.flotilla.learning.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class RidgeRegressionTest {
  private static SparseVector one(int place, float value) {
    return new SparseVector(new int[] {place}, new float[] {value});
  }

  @Test
  void it_finds_what_the_formula_for_one_place_says() {
    // Targets −1 and 1 around their mean of 2: w = Σxy / (Σx² + prior) = (1 + 3) / (1 + 9 + 2).
    var examples = List.of(one(0, -1), one(0, 3), one(1, 0));
    var learned = RidgeRegression.train(examples, new double[] {1, 3, 2}, 2, 2);
    assertEquals(2, learned.mean(), 1e-9);
    assertEquals(4.0 / 12, learned.weights()[0], 1e-3);
    assertEquals(2 + 3 * 4.0 / 12, learned.foretell(one(0, 3)), 5e-3);
  }

  @Test
  void what_was_never_seen_is_the_mean() {
    var learned = RidgeRegression.train(List.of(one(0, 1)), new double[] {0.25}, 5, 1);
    assertEquals(0.25, learned.foretell(one(4, 1)), 1e-9);
  }
}
