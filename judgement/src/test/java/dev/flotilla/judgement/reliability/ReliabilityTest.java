package dev.flotilla.judgement.reliability;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ReliabilityTest {
  @Test
  void several_who_may_be_wrong_are_wrong_together_only_if_all_are() {
    assertEquals(0, NoisyOr.of());
    assertEquals(0.3, NoisyOr.of(0.3), 1e-12);
    assertEquals(1 - 0.7 * 0.5, NoisyOr.of(0.3, 0.5), 1e-12);
    assertEquals(1, NoisyOr.of(0.3, 1));
    assertThrows(IllegalArgumentException.class, () -> NoisyOr.of(1.5));
    assertThrows(IllegalArgumentException.class, () -> NoisyOr.of(Double.NaN));
  }

  @Test
  void what_is_usual_fades_as_more_is_known() {
    assertEquals(0.4, Reliability.UNKNOWN.precision(0.4, 10));
    Reliability some = new Reliability(8, 10, 3, 10);
    assertEquals(0.6, some.precision(0.4, 10), 1e-12);
    assertEquals(0.35, some.recall(0.4, 10), 1e-12);
    assertEquals(new Reliability(16, 20, 6, 20), some.plus(some));
    assertThrows(IllegalArgumentException.class, () -> new Reliability(2, 1, 0, 0));
  }
}
