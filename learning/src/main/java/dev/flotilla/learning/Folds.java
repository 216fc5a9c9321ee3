package dev.flotilla.learning;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Random;

/** Examples in an order that looks like chance and is always the same. */
public final class Folds {

  private Folds() {}

  /**
   * The numbers from 0 up to a count, shuffled.
   *
   * @param seed another one is another order
   */
  public static List<Integer> shuffled(int count, long seed) {
    var numbers = new ArrayList<Integer>();
    for (int i = 0; i < count; i++) {
      numbers.add(i);
    }
    Collections.shuffle(numbers, new Random(seed));
    return numbers;
  }

  /**
   * The fold of each example, equally many in each and of each kind.
   *
   * @param kindOf each example
   * @param seed another one is another partition
   */
  public static int[] of(int folds, List<?> kindOf, long seed) {
    int[] foldOf = new int[kindOf.size()];
    var next = new HashMap<Object, Integer>();
    for (int example : shuffled(kindOf.size(), seed)) {
      foldOf[example] = next.merge(kindOf.get(example), 1, Integer::sum) % folds;
    }
    return foldOf;
  }
}
