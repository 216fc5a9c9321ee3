package dev.flotilla.bench.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SlopeTest {
  @Test
  void growth_is_told_although_a_sample_is_nonsense() {
    var slope = new Slope();
    for (int minute = 0; minute <= 20; minute++) {
      slope.add(minute, minute == 7 ? 900 : 300 + 0.5 * minute);
    }
    assertEquals(5, slope.perTenMinutes(), 0.2);
    assertEquals(310, slope.last());
  }

  @Test
  void nothing_grows_before_there_are_two_samples() {
    var slope = new Slope();
    assertEquals(0, slope.perTenMinutes());
    slope.add(1, 300);
    assertEquals(0, slope.perTenMinutes());
  }
}
