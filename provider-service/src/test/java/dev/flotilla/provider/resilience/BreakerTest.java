package dev.flotilla.provider.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.testkit.FaultRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BreakerTest {
  private static final BreakerConfig CONFIG =
      new BreakerConfig(
          10,
          4,
          0.5,
          3,
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          2,
          Duration.ofSeconds(60),
          Duration.ofSeconds(2));

  /** Near its end, because nanoTime may wrap around. */
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000);

  private final Breaker breaker =
      new Breaker(new CircuitKey("up", "up/fast", "default", "default"), CONFIG, nanos::get);

  @Test
  void a_few_failures_are_no_reason_to_open() {
    ends(3, Evidence.SICK);
    assertEquals(CircuitState.CLOSED, state());
    assertEquals(1.0, breaker.circuit().failureRate());
  }

  @Test
  @FaultRow(row = 20, fault = "the provider does not know the model, once and again")
  void one_word_that_a_model_is_gone_opens_it_for_long_and_a_probe_that_finds_it_closes_it() {
    ends(9, Evidence.HEALTHY);
    ends(1, Evidence.GONE);
    assertEquals(CircuitState.OPEN, state());
    assertTrue(breaker.circuit().gone());
    passes(Duration.ofSeconds(59));
    assertEquals(CircuitState.OPEN, state(), "longer than a failure's");
    passes(Duration.ofSeconds(2));
    assertEquals(CircuitState.HALF_OPEN, state());
    assertTrue(breaker.circuit().gone(), "until somebody finds it");
    ends(1, Evidence.GONE);
    assertEquals(CircuitState.OPEN, state());
    passes(Duration.ofSeconds(61));
    ends(1, Evidence.HEALTHY);
    assertEquals(CircuitState.CLOSED, state());
    assertFalse(breaker.circuit().gone());
  }

  @Test
  @FaultRow(row = 40, fault = "every other call fails")
  void half_of_the_last_outcomes_failing_opens_it() {
    ends(2, Evidence.HEALTHY);
    ends(1, Evidence.SICK);
    assertEquals(CircuitState.CLOSED, state());
    ends(1, Evidence.SICK);
    assertEquals(CircuitState.OPEN, state());
    assertEquals(0.5, breaker.circuit().failureRate());
  }

  @Test
  void outcomes_that_have_left_the_window_do_not_count() {
    ends(3, Evidence.SICK);
    ends(10, Evidence.HEALTHY);
    ends(4, Evidence.SICK);
    assertEquals(CircuitState.CLOSED, state());
    assertEquals(0.4, breaker.circuit().failureRate(), 1e-9);
  }

  @Test
  void an_answer_that_is_none_counts_half() {
    ends(3, Evidence.HALF_SICK);
    ends(1, Evidence.HEALTHY);
    assertEquals(0.375, breaker.circuit().failureRate());
    assertEquals(CircuitState.CLOSED, state());
    ends(10, Evidence.HALF_SICK);
    assertEquals(CircuitState.OPEN, state());
  }

  @Test
  void what_says_nothing_of_the_model_never_opens_it_nor_hides_its_failures() {
    ends(1_000, Evidence.NONE);
    assertEquals(CircuitState.CLOSED, state());
    assertEquals(0, breaker.circuit().failureRate());
    ends(2, Evidence.SICK);
    ends(1_000, Evidence.NONE);
    ends(2, Evidence.SICK);
    assertEquals(CircuitState.OPEN, state());
  }

  @Test
  void connect_failures_in_a_row_open_it_at_once() {
    ends(10, Evidence.HEALTHY);
    ends(2, Evidence.UNREACHABLE);
    ends(1, Evidence.HEALTHY);
    ends(2, Evidence.UNREACHABLE);
    assertEquals(CircuitState.CLOSED, state());
    ends(1, Evidence.UNREACHABLE);
    assertEquals(CircuitState.OPEN, state());
  }

  @Test
  void a_provider_is_not_blamed_for_a_deadline_that_was_too_short() {
    for (int i = 0; i < 20; i++) {
      Permit permit = permit();
      passes(Duration.ofMillis(1_999));
      permit.giveBack(Evidence.SLOW);
    }
    assertEquals(CircuitState.CLOSED, state());
    for (int i = 0; i < 4; i++) {
      Permit permit = permit();
      passes(Duration.ofSeconds(2));
      permit.giveBack(Evidence.SLOW);
    }
    assertEquals(CircuitState.OPEN, state());
  }

  @Test
  void an_open_circuit_says_when_the_next_probe_is() {
    open();
    assertEquals(Duration.ofSeconds(5), breaker.admit().retryAfter());
    passes(Duration.ofMillis(4_999));
    assertEquals(Duration.ofMillis(1), refusal());
    passes(Duration.ofNanos(999_999));
    assertEquals(Duration.ofMillis(1), refusal());
    assertEquals(CircuitState.OPEN, state());
    passes(Duration.ofNanos(1));
    assertEquals(CircuitState.HALF_OPEN, state());
    assertNull(breaker.circuit().retryAfter());
    assertInstanceOf(Permit.class, breaker.admit());
  }

  @Test
  void a_probe_that_succeeds_closes_it_and_what_was_is_forgotten() {
    open();
    passes(Duration.ofSeconds(5));
    permit().giveBack(Evidence.HEALTHY);
    assertEquals(CircuitState.CLOSED, state());
    assertEquals(0, breaker.circuit().failureRate());
    ends(3, Evidence.SICK);
    assertEquals(CircuitState.CLOSED, state());
  }

  @ParameterizedTest
  @EnumSource(names = {"SICK", "UNREACHABLE"})
  void a_probe_that_fails_opens_it_again_for_twice_as_long_up_to_a_limit(Evidence failure) {
    open();
    for (int seconds : new int[] {5, 10, 20, 30, 30}) {
      assertEquals(Duration.ofSeconds(seconds), refusal());
      passes(Duration.ofSeconds(seconds));
      permit().giveBack(failure);
    }
  }

  @Test
  void only_a_circuit_that_stays_closed_for_a_while_begins_anew_with_the_shortest_time() {
    open();
    passes(Duration.ofSeconds(5));
    permit().giveBack(Evidence.HEALTHY);
    ends(4, Evidence.SICK);
    assertEquals(Duration.ofSeconds(10), refusal());
    passes(Duration.ofSeconds(10));
    permit().giveBack(Evidence.HEALTHY);
    ends(4, Evidence.HEALTHY);
    ends(4, Evidence.SICK);
    assertEquals(Duration.ofSeconds(5), refusal());
  }

  @Test
  void it_is_known_for_how_long_it_has_not_been_closed_whatever_probes_found_meanwhile() {
    passes(Duration.ofSeconds(7));
    assertNull(breaker.circuit().notClosedFor());
    open();
    passes(Duration.ofSeconds(5));
    assertEquals(Duration.ofSeconds(5), breaker.circuit().notClosedFor());
    permit().giveBack(Evidence.SICK);
    passes(Duration.ofSeconds(10));
    assertEquals(CircuitState.HALF_OPEN, state());
    assertEquals(Duration.ofSeconds(15), breaker.circuit().notClosedFor());
    permit().giveBack(Evidence.HEALTHY);
    assertNull(breaker.circuit().notClosedFor());
    open();
    passes(Duration.ofSeconds(1));
    assertEquals(Duration.ofSeconds(1), breaker.circuit().notClosedFor());
  }

  @Test
  @FaultRow(row = 40, fault = "many calls at once when it may be probed")
  void no_more_probes_at_once_than_configured() {
    open();
    passes(Duration.ofSeconds(5));
    Permit first = permit();
    permit();
    assertEquals(Duration.ofSeconds(1), refusal());
    assertEquals(Duration.ofSeconds(1), breaker.circuit().retryAfter());
    first.giveBack(Evidence.NONE);
    assertEquals(CircuitState.HALF_OPEN, state());
    permit();
    assertInstanceOf(Admission.Refused.class, breaker.admit());
  }

  @ParameterizedTest
  @EnumSource(names = {"NONE", "HALF_SICK"})
  void a_probe_that_found_out_nothing_makes_room_for_the_next(Evidence nothing) {
    open();
    passes(Duration.ofSeconds(5));
    for (int i = 0; i < 20; i++) {
      permit().giveBack(nothing);
    }
    assertEquals(CircuitState.HALF_OPEN, state());
    permit().giveBack(Evidence.HEALTHY);
    assertEquals(CircuitState.CLOSED, state());
  }

  @Test
  void a_permit_given_back_twice_counts_once() {
    ends(3, Evidence.SICK);
    open();
    passes(Duration.ofSeconds(5));
    Permit twice = permit();
    permit();
    twice.giveBack(Evidence.NONE);
    twice.giveBack(Evidence.NONE);
    permit();
    assertInstanceOf(Admission.Refused.class, breaker.admit());
  }

  @Test
  void what_was_let_through_before_it_opened_neither_closes_nor_reopens_it() {
    Permit early = permit();
    Permit late = permit();
    open();
    early.giveBack(Evidence.HEALTHY);
    assertEquals(CircuitState.OPEN, state());
    passes(Duration.ofSeconds(5));
    Permit probe = permit();
    late.giveBack(Evidence.SICK);
    assertEquals(CircuitState.HALF_OPEN, state());
    permit();
    assertInstanceOf(Admission.Refused.class, breaker.admit());
    probe.giveBack(Evidence.HEALTHY);
    assertEquals(CircuitState.CLOSED, state());
  }

  @Test
  void a_stream_that_has_begun_closes_it_and_still_counts_when_it_breaks() {
    open();
    passes(Duration.ofSeconds(5));
    Permit stream = permit();
    stream.begun();
    assertEquals(CircuitState.CLOSED, state());
    stream.giveBack(Evidence.SICK);
    assertEquals(1.0, breaker.circuit().failureRate());
  }

  @Test
  void never_more_probes_than_configured_whatever_happens() {
    for (long seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var config =
          new BreakerConfig(
              1 + random.nextInt(8),
              1,
              0.1 + 0.9 * random.nextDouble(),
              1 + random.nextInt(3),
              Duration.ofMillis(1 + random.nextInt(50)),
              Duration.ofMillis(100),
              1 + random.nextInt(4),
              Duration.ofMillis(1 + random.nextInt(50)),
              Duration.ofMillis(random.nextInt(20)));
      var any = new Breaker(new CircuitKey("p", "p/m", "default", "default"), config, nanos::get);
      var out = new ArrayList<Permit>();
      var probing = new ArrayList<Permit>();
      for (int step = 0; step < 400; step++) {
        String at = "seed " + seed + ", step " + step;
        switch (random.nextInt(4)) {
          case 0 -> passes(Duration.ofMillis(random.nextInt(30)));
          case 1, 2 -> {
            CircuitState before = any.circuit().state();
            if (any.admit() instanceof Permit permit) {
              assertTrue(before != CircuitState.OPEN, at);
              out.add(permit);
              if (before == CircuitState.HALF_OPEN) {
                probing.add(permit);
              }
            } else {
              assertTrue(before != CircuitState.CLOSED, at);
            }
          }
          default -> {
            if (!out.isEmpty()) {
              Permit ended = out.remove(random.nextInt(out.size()));
              probing.remove(ended);
              if (random.nextInt(4) == 0) {
                ended.begun();
              }
              ended.giveBack(Evidence.values()[random.nextInt(Evidence.values().length)]);
            }
          }
        }
        CircuitState now = any.circuit().state();
        if (now != CircuitState.HALF_OPEN) {
          // The next probes are another round's.
          probing.clear();
        }
        assertTrue(probing.size() <= config.probes(), at);
      }
      for (Permit permit : out) {
        permit.giveBack(Evidence.NONE);
      }
      passes(Duration.ofSeconds(1));
      assertInstanceOf(Permit.class, any.admit(), "a permit was lost, seed " + seed);
    }
  }

  @Test
  void of_many_that_come_at_once_only_the_probes_get_through() throws Exception {
    open();
    passes(Duration.ofSeconds(5));
    var admitted = new AtomicInteger();
    var go = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> callers =
          IntStream.range(0, 500)
              .<Callable<Void>>mapToObj(
                  i ->
                      () -> {
                        go.await();
                        if (breaker.admit() instanceof Permit) {
                          admitted.incrementAndGet();
                        }
                        return null;
                      })
              .toList();
      var running = callers.stream().map(threads::submit).toList();
      go.countDown();
      for (var each : running) {
        each.get();
      }
    }
    assertEquals(2, admitted.get());
  }

  private void open() {
    ends(4, Evidence.SICK);
    assertEquals(CircuitState.OPEN, state());
  }

  private void ends(int times, Evidence evidence) {
    for (int i = 0; i < times; i++) {
      if (breaker.admit() instanceof Permit permit) {
        permit.giveBack(evidence);
      }
    }
  }

  private Permit permit() {
    return assertInstanceOf(Permit.class, breaker.admit());
  }

  private Duration refusal() {
    return assertInstanceOf(Admission.Refused.class, breaker.admit()).retryAfter();
  }

  private CircuitState state() {
    return breaker.circuit().state();
  }

  private void passes(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
