package dev.flotilla.learning.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SoftmaxRegressionTest {
  private static SparseVector at(int... places) {
    float[] ones = new float[places.length];
    Arrays.fill(ones, 1);
    return new SparseVector(places, ones);
  }

  @Test
  void classes_that_can_be_told_apart_are() {
    var examples = List.of(at(1), at(1, 9), at(4), at(4, 9), at(7), at(7, 9));
    int[] classes = {0, 0, 1, 1, 2, 2};
    var learned = SoftmaxRegression.train(examples, classes, 3, 10, 0.1);
    for (int i = 0; i < classes.length; i++) {
      double[] shares = learned.probabilities(examples.get(i));
      assertTrue(shares[classes[i]] > 0.8, learned::toString);
      assertEquals(1, shares[0] + shares[1] + shares[2], 1e-9);
    }
  }

  @Test
  void what_tells_nothing_leaves_the_shares_of_the_classes() {
    var examples = List.of(at(3), at(3), at(3), at(3));
    var learned = SoftmaxRegression.train(examples, new int[] {0, 0, 0, 1}, 2, 4, 1);
    assertEquals(0.75, learned.probabilities(at(3))[0], 0.001);
    assertEquals(0.75, learned.probabilities(at())[0], 0.05);
  }

  @Test
  void a_stronger_prior_is_less_sure_and_so_is_a_hotter_model() {
    var examples = List.of(at(1), at(2));
    var weak = SoftmaxRegression.train(examples, new int[] {0, 1}, 2, 3, 0.01);
    var strong = SoftmaxRegression.train(examples, new int[] {0, 1}, 2, 3, 1);
    double sure = weak.probabilities(at(1))[0];
    assertTrue(strong.probabilities(at(1))[0] < sure);
    assertTrue(weak.cooled(2).probabilities(at(1))[0] < sure);
    assertTrue(weak.cooled(2).probabilities(at(1))[0] > 0.5);
  }

  @Test
  void the_slope_at_the_end_is_flat_as_differences_show() {
    var random = new Random(3);
    var examples = new ArrayList<SparseVector>();
    int[] classes = new int[60];
    for (int i = 0; i < classes.length; i++) {
      examples.add(at(random.nextInt(5), 5 + random.nextInt(5)));
      classes[i] = random.nextInt(3);
    }
    double prior = 0.5;
    var learned = SoftmaxRegression.train(examples, classes, 3, 10, prior);
    double least = loss(learned, examples, classes, prior);
    for (int place = 0; place < 10; place++) {
      for (double step : new double[] {-0.05, 0.05}) {
        double[][] moved = {
          learned.weights()[0].clone(), learned.weights()[1].clone(), learned.weights()[2].clone()
        };
        moved[1][place] += step;
        assertTrue(
            loss(new SoftmaxRegression(moved, learned.offsets()), examples, classes, prior)
                > least);
      }
    }
  }

  private static double loss(
      SoftmaxRegression regression, List<SparseVector> examples, int[] classes, double prior) {
    double loss = 0;
    for (double[] row : regression.weights()) {
      for (double weight : row) {
        loss += prior / 2 * weight * weight;
      }
    }
    for (int i = 0; i < classes.length; i++) {
      loss -= Math.log(regression.probabilities(examples.get(i))[classes[i]]);
    }
    return loss;
  }
}
