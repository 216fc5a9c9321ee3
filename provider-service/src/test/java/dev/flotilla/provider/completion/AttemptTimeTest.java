package dev.flotilla.provider.completion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.flotilla.testkit.FaultRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AttemptTimeTest {
  @Test
  @FaultRow(
      row = 85,
      fault = "the wall clock is set by an hour, at the end of a day, a month, summer time")
  void an_attempt_ends_as_long_after_its_start_as_it_took_whatever_the_wall_clock_says() {
    for (String start :
        List.of(
            "2026-10-25T00:59:59.999Z",
            "2026-03-29T00:59:59.999Z",
            "2026-12-31T23:59:59.999Z",
            "2028-02-28T23:59:59.999Z")) {
      // Whoever sets the wall clock does not move this one.
      var monotonic = new AtomicLong(Long.MAX_VALUE - 5);
      Instant startedAt = Instant.parse(start);
      var time = new AttemptTime(startedAt, monotonic.get(), monotonic::get);
      assertEquals(startedAt, time.now());
      monotonic.addAndGet(Duration.ofMillis(1_500).toNanos());
      assertEquals(startedAt.plusMillis(1_500), time.now());
      assertEquals(Duration.ofMillis(1_500), time.elapsed());
    }
  }
}
