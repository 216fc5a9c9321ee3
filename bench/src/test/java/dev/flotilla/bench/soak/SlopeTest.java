package dev.flotilla.bench.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

  @Test
  void growth_that_chance_may_have_made_is_not_sure_and_growth_beyond_it_is() {
    var noisy = new Slope();
    var growing = new Slope();
    for (int minute = 0; minute <= 20; minute++) {
      // Up and down by ten, a little more of it up towards the end.
      double noise = 10 * Math.sin(minute * 2.5);
      noisy.add(minute, 100 + noise + 0.1 * minute);
      growing.add(minute, 100 + noise + 3 * minute);
    }
    assertTrue(noisy.perTenMinutes() > 0);
    assertTrue(noisy.atLeastPerTenMinutes() < 0);
    assertTrue(growing.atLeastPerTenMinutes() > 10);
  }

  @Test
  void what_comes_and_goes_is_no_growth_of_the_least_and_a_leak_is() {
    var bursts = new Slope();
    var leaks = new Slope();
    for (int second = 0; second <= 120; second++) {
      // Compilers take 25 MB now and then, more often towards the end.
      double burst = second % 20 < 2 + second / 12 ? 25 : 0;
      bursts.add(second / 60.0, 400 + burst);
      leaks.add(second / 60.0, 400 + burst + 0.1 * second);
    }
    assertEquals(0, bursts.leastPerTenMinutes(), 0.1);
    assertEquals(60, leaks.leastPerTenMinutes(), 10);
  }
}
