package dev.flotilla.learning.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class EvidenceTest {
  private static final Rules RULES = Rules.USUAL;

  /** The flagship is right in 80 of 100; the cheaper one as often, but for a loss. */
  private static ShadowedPair pair(Random dice, double loss, double propensity) {
    boolean strong = dice.nextDouble() < 0.8;
    double cheap = strong ? 0.9 - loss / 0.8 : 0.4;
    return new ShadowedPair(dice.nextDouble() < cheap ? 1 : 0, strong ? 1 : 0, propensity);
  }

  private static Evidence after(int pairs, double loss, Evidence before, Random dice) {
    Evidence evidence = before;
    for (int i = 0; i < pairs; i++) {
      evidence = evidence.with(pair(dice, loss, 1), RULES);
    }
    return evidence;
  }

  @Test
  void a_model_just_below_the_target_is_promoted_in_a_tenth_of_all_runs_at_most() {
    int promoted = 0;
    int runs = 500;
    for (int run = 0; run < runs; run++) {
      var dice = new Random(run);
      Evidence evidence = Evidence.NONE;
      for (int i = 0; i < 3_200 && evidence.standing() == Standing.UNKNOWN; i++) {
        evidence = evidence.with(pair(dice, 0.025, 1), RULES);
      }
      promoted += evidence.standing() == Standing.PROMOTED ? 1 : 0;
    }
    assertTrue(promoted <= runs / 10, promoted + " of " + runs);
    assertTrue(promoted > 0, "bounds that never err are too wide to be of use");
  }

  @Test
  void a_good_model_is_promoted_and_a_bad_one_rejected() {
    int promoted = 0;
    int rejected = 0;
    for (int run = 0; run < 50; run++) {
      promoted +=
          after(800, -0.05, Evidence.NONE, new Random(run)).standing() == Standing.PROMOTED ? 1 : 0;
      rejected +=
          after(800, 0.20, Evidence.NONE, new Random(run)).standing() == Standing.REJECTED ? 1 : 0;
    }
    assertTrue(promoted >= 45, promoted + " of 50");
    assertEquals(50, rejected);
  }

  @Test
  void a_rejected_model_learns_nothing_more() {
    Evidence rejected = after(800, 0.20, Evidence.NONE, new Random(1));
    assertSame(rejected, rejected.with(pair(new Random(2), -0.1, 1), RULES));
  }

  @Test
  void few_pairs_that_all_agree_prove_nothing() {
    Evidence evidence = Evidence.NONE;
    for (int i = 0; i < 20; i++) {
      evidence = evidence.with(new ShadowedPair(1, 1, 1), RULES);
    }
    assertEquals(0.03, evidence.bounds(RULES).mean(), 1e-9);
    assertTrue(evidence.bounds(RULES).lower() < 0, evidence.bounds(RULES)::toString);
  }

  @Test
  void chance_does_not_take_a_promotion_back() {
    var dice = new Random(3);
    int changes = 0;
    Evidence evidence = after(800, -0.05, Evidence.NONE, dice);
    assertEquals(Standing.PROMOTED, evidence.standing());
    for (int i = 0; i < 20_000; i++) {
      Evidence next = evidence.with(pair(dice, 0, 1), RULES);
      changes += next.standing() == evidence.standing() ? 0 : 1;
      evidence = next;
    }
    assertEquals(0, changes);
  }

  @Test
  void a_model_that_got_worse_is_demoted_and_needs_new_evidence() {
    for (int run = 0; run < 20; run++) {
      var dice = new Random(run);
      Evidence evidence = after(2_000, -0.05, Evidence.NONE, dice);
      assertEquals(Standing.PROMOTED, evidence.standing());
      int pairs = 0;
      while (evidence.standing() == Standing.PROMOTED) {
        evidence = evidence.with(pair(dice, 0.25, 1), RULES);
        pairs++;
      }
      assertTrue(pairs <= 300, pairs + " pairs");
      assertEquals(Evidence.NONE, evidence);
    }
  }

  @Test
  void a_window_asks_for_more_than_the_average() {
    Evidence evidence = after(400, -0.05, Evidence.NONE, new Random(4));
    double ofMean = evidence.bounds(RULES).lower();
    assertTrue(evidence.bounds(RULES.withWindow(1_000)).lower() < ofMean);
  }

  @Test
  void what_cannot_be_is_refused_with_what_to_write() {
    var none = assertThrows(IllegalArgumentException.class, () -> new ShadowedPair(1, 1, 0));
    assertTrue(String.valueOf(none.getMessage()).contains("propensity"), none::toString);
    var half = assertThrows(IllegalArgumentException.class, () -> RULES.withTarget(97));
    assertTrue(String.valueOf(half.getMessage()).contains("try 0.97"), half::toString);
  }

  @Property(tries = 50)
  void pairs_that_were_chosen_with_the_same_probability_count_the_same(
      @ForAll @LongRange(max = 1_000) long seed,
      @ForAll @DoubleRange(min = 0.01, max = 1) double propensity) {
    Evidence sure = Evidence.NONE;
    Evidence chosen = Evidence.NONE;
    var first = new Random(seed);
    var second = new Random(seed);
    for (int i = 0; i < 90; i++) {
      sure = sure.with(pair(first, 0, 1), RULES);
      chosen = chosen.with(pair(second, 0, propensity), RULES);
    }
    assertEquals(sure.bounds(RULES).lower(), chosen.bounds(RULES).lower(), 1e-9);
    assertTrue(sure.bounds(RULES).lower() < sure.bounds(RULES).upper());
  }

  @Property(tries = 20)
  void requests_that_are_seldom_chosen_are_not_forgotten(
      @ForAll @LongRange(max = 1_000) long seed) {
    // Half of all requests are lost by the cheaper model, and those are shadowed seldom.
    var dice = new Random(seed);
    Evidence evidence = Evidence.NONE;
    var longMemory = new Rules(0.97, 0.9, 10_000, 1e9, 0);
    for (int i = 0; i < 8_000; i++) {
      boolean hard = dice.nextBoolean();
      double propensity = hard ? 0.1 : 1;
      if (dice.nextDouble() < propensity) {
        evidence = evidence.with(new ShadowedPair(hard ? 0 : 1, 1, propensity), longMemory);
      }
    }
    assertEquals(0.5 - 0.97, evidence.bounds(longMemory).mean(), 0.06);
  }
}
