package dev.flotilla.provider.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.testkit.FaultRow;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetriesTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration AT_ONCE = Duration.ofMillis(5);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private long nanos = 77;
  private double drawn = 0.5;

  @Test
  @FaultRow(row = 14, fault = "503 once")
  void an_overloaded_provider_is_asked_once_more_after_a_wait_that_is_drawn() {
    CallRetries call = retries(config(2, 1, 1, 1, 1, 0)).begin();
    drawn = 0.25;
    assertEquals(Duration.ofMillis(50), again(call, new Failure.Overloaded(529, null)));
    enough(call, new Failure.Overloaded(529, null));
  }

  @Test
  @FaultRow(row = 15, fault = "500 once")
  void a_server_error_is_followed_by_one_more_attempt() {
    CallRetries call = retries(config(2, 1, 1, 1, 1, 0)).begin();
    assertEquals(Duration.ofMillis(100), again(call, new Failure.ServerError(500)));
    enough(call, new Failure.ServerError(500));
  }

  @Test
  @FaultRow(row = 1, fault = "refused, and a blackhole")
  void a_refused_connection_is_tried_again_soon_and_a_blackhole_is_not() {
    CallRetries call = retries(config(2, 1, 1, 1, 1, 0)).begin();
    assertEquals(Duration.ofMillis(10), again(call, new Failure.Unreachable("refused")));
    CallRetries other = retries(config(2, 1, 1, 1, 1, 0)).begin();
    var verdict =
        other.after(new Failure.Unreachable("timeout"), null, false, Duration.ofSeconds(2), MINUTE);
    assertInstanceOf(RetryVerdict.Enough.class, verdict);
  }

  @Test
  @FaultRow(row = 10, fault = "429 with a short and a long retry-after")
  void a_rate_limit_is_waited_for_when_its_wait_is_short_and_fits_before_the_deadline() {
    assertEquals(
        Duration.ofMillis(1_100),
        again(retries(config(2, 1, 1, 1, 1, 0)).begin(), new Failure.Throttled(429, SECOND)));
    enough(
        retries(config(2, 1, 1, 1, 1, 0)).begin(),
        new Failure.Throttled(429, Duration.ofMillis(1_001)));
    CallRetries late = retries(config(2, 1, 1, 1, 1, 0)).begin();
    assertInstanceOf(
        RetryVerdict.Enough.class,
        late.after(
            new Failure.Throttled(429, SECOND), null, false, AT_ONCE, Duration.ofMillis(1_100)));
  }

  @Test
  void nobody_waits_for_a_rate_limit_when_there_is_another_way() {
    CallRetries call = retries(config(2, 1, 1, 1, 1, 0)).begin();
    var verdict = call.after(new Failure.Throttled(429, MINUTE), null, true, AT_ONCE, MINUTE);
    assertEquals(new RetryVerdict.Again(Duration.ZERO), verdict);
  }

  @Test
  void what_was_answered_billed_or_the_callers_fault_is_never_repeated() {
    for (Failure failure :
        List.of(
            new Failure.Rejected(400, "x", "x"),
            new Failure.Barred(401),
            new Failure.TimedOut(),
            new Failure.Lost(),
            new Failure.BadAnswer(200, null),
            new Failure.CutShort(200, null))) {
      enough(retries(config(2, 1, 1, 1, 1, 0)).begin(), failure);
    }
    again(retries(config(2, 1, 1, 1, 1, 1)).begin(), new Failure.Lost());
  }

  @Test
  @FaultRow(row = 4, fault = "a certificate that does not hold")
  void whoever_could_not_show_who_he_is_is_not_asked_to_again() {
    enough(retries(config(2, 1, 1, 1, 1, 1)).begin(), new Failure.Distrusted());
  }

  @Test
  void the_provider_may_forbid_a_retry_and_ask_for_one_where_nothing_was_charged() {
    assertEnough(verdict(new Failure.Overloaded(503, null), false));
    assertInstanceOf(RetryVerdict.Again.class, verdict(new Failure.Rejected(400, "x", "x"), true));
    assertEnough(verdict(new Failure.BadAnswer(200, null), true));
    assertEnough(verdict(new Failure.Lost(), true));
  }

  @Test
  void an_attempt_that_would_not_have_as_long_as_the_one_that_failed_is_not_made() {
    CallRetries call = retries(config(2, 1, 1, 1, 1, 0)).begin();
    assertEnough(
        call.after(
            new Failure.ServerError(500),
            null,
            false,
            Duration.ofSeconds(30),
            Duration.ofSeconds(30)));
  }

  @Test
  void the_backoff_doubles_up_to_its_longest_and_one_call_has_a_most() {
    drawn = 1;
    CallRetries call = retries(config(4, 9, 9, 9, 9, 0)).begin();
    var waits =
        List.of(
            again(call, new Failure.ServerError(500)),
            again(call, new Failure.Overloaded(503, null)),
            again(call, new Failure.ServerError(500)),
            again(call, new Failure.ServerError(500)));
    assertEquals(List.of(200L, 400L, 500L, 500L), waits.stream().map(Duration::toMillis).toList());
    enough(call, new Failure.ServerError(500));
    enough(retries(config(0, 9, 9, 9, 9, 0)).begin(), new Failure.ServerError(500));
  }

  @Test
  void in_an_outage_all_calls_together_retry_a_share_of_their_number() {
    Retries retries = retries(config(2, 1, 1, 1, 1, 0));
    int retried = 0;
    for (int i = 0; i < 1_000; i++) {
      var verdict =
          retries.begin().after(new Failure.Overloaded(503, null), null, false, AT_ONCE, MINUTE);
      if (verdict instanceof RetryVerdict.Again) {
        retried++;
      } else {
        assertInstanceOf(RetryVerdict.BudgetSpent.class, verdict);
      }
    }
    assertTrue(retried >= 100 && retried <= 111, "a tenth, and 10 saved up: " + retried);
    nanos += SECOND.toNanos();
    for (int i = 0; i < 2; i++) {
      again(retries.begin(), new Failure.Overloaded(503, null));
    }
  }

  @Test
  void a_configuration_that_makes_no_sense_says_what_to_write() {
    var burst = assertThrows(ConfigurationException.class, () -> config(0.1, 0, SECOND));
    assertTrue(
        String.valueOf(burst.getMessage()).contains("flotilla.retry.budget-burst is 0"),
        burst.getMessage());
    var shorter = assertThrows(ConfigurationException.class, () -> config(0.1, 1, AT_ONCE));
    assertTrue(
        String.valueOf(shorter.getMessage()).contains("flotilla.retry.longest-backoff is PT0.005S"),
        shorter.getMessage());
    assertThrows(ConfigurationException.class, () -> config(1.5, 1, SECOND));
  }

  private RetryVerdict verdict(Failure failure, @Nullable Boolean providerSays) {
    return retries(config(2, 1, 1, 1, 1, 0))
        .begin()
        .after(failure, providerSays, false, AT_ONCE, MINUTE);
  }

  private Retries retries(RetryConfig config) {
    return new Retries(config, () -> drawn, () -> nanos);
  }

  private static Duration again(CallRetries call, Failure failure) {
    return assertInstanceOf(
            RetryVerdict.Again.class,
            call.after(failure, null, false, AT_ONCE, MINUTE),
            failure::toString)
        .pause();
  }

  private static void enough(CallRetries call, Failure failure) {
    assertEnough(call.after(failure, null, false, AT_ONCE, MINUTE));
  }

  private static void assertEnough(RetryVerdict verdict) {
    assertInstanceOf(RetryVerdict.Enough.class, verdict);
  }

  private static RetryConfig config(
      int most, int overloaded, int serverError, int connect, int throttled, int lost) {
    return new RetryConfig(
        most,
        overloaded,
        serverError,
        connect,
        throttled,
        lost,
        Duration.ofMillis(200),
        Duration.ofMillis(20),
        Duration.ofMillis(500),
        SECOND,
        0.1,
        2,
        10);
  }

  private static RetryConfig config(double budget, int burst, Duration longest) {
    return new RetryConfig(
        2, 1, 1, 1, 1, 0, Duration.ofMillis(200), AT_ONCE, longest, SECOND, budget, 2, burst);
  }
}
