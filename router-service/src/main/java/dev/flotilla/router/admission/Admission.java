package dev.flotilla.router.admission;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.metrics.LabelledCounter;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import dev.flotilla.router.admission.KeyWindow.Decision;
import dev.flotilla.router.door.KeyPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.metrics.MetricRegistry;

/**
 * Whether a key may ask now. In no stretch of time as long as the window are more requests or
 * tokens admitted than the key's limits, by all routers together; a request's tokens count from the
 * moment it was admitted. While Redis is away each router admits its share by the same rule.
 * Thread-safe.
 *
 * <p>Two entries of the key file with the same id and team share their limits: a key that is being
 * replaced by another gets no more for it.
 */
public final class Admission {
  private final AdmissionConfig config;
  private final SharedWindow shared;
  private final LongSupplier millis;
  private final LabelledCounter limited;

  /** As many as there are limited keys in the key file. */
  private final Map<String, KeyWindow> windows = new ConcurrentHashMap<>();

  public Admission(AdmissionConfig config, TimeBoxedRedis redis, MetricRegistry metrics) {
    this(config, redis, metrics, () -> System.nanoTime() / 1_000_000);
  }

  /**
   * @param millis a clock that never goes back, with any beginning; only asked about this router's
   *     own share
   */
  Admission(
      AdmissionConfig config, TimeBoxedRedis redis, MetricRegistry metrics, LongSupplier millis) {
    this.config = config;
    this.shared = new SharedWindow(config, redis);
    this.millis = millis;
    this.limited =
        new LabelledCounter(
            metrics,
            MetricNames.RATE_LIMITED,
            "Requests refused by a key's limits, by what was used up and team",
            List.of("scope", "team"));
  }

  /**
   * Counts one request and its tokens, or neither. A key without limits costs nothing; any other
   * one question to Redis.
   *
   * @param estimatedTokens input and expected output; an upper bound if there is one, such as the
   *     caller's {@code max_tokens}. Ignored when the key has no limit of tokens
   */
  public Verdict admit(Caller caller, KeyPolicy policy, long estimatedTokens) {
    Limits limits = Limits.of(policy);
    if (limits.none()) {
      return new Verdict.Admitted(Reservation.NOTHING, Standing.UNLIMITED);
    }
    KeyWindow window =
        windows.computeIfAbsent(
            caller.team() + "/" + caller.key(), key -> windowOf(key, caller.team()));
    if (limits.limitsTokens() && estimatedTokens > limits.tokens()) {
      limited.of(Scope.TOKENS.word(), caller.team()).inc();
      return new Verdict.NeverFits(estimatedTokens, limits.tokens());
    }
    Decision decision = window.admit(limits, Math.max(0, estimatedTokens));
    Count count = decision.count();
    Standing standing = count.standing(limits, decision.usable());
    if (count.admitted()) {
      return new Verdict.Admitted(decision.reservation(), standing);
    }
    Scope scope = count.requestsWait() > count.tokensWait() ? Scope.REQUESTS : Scope.TOKENS;
    limited.of(scope.word(), caller.team()).inc();
    long wait = Math.max(1, Math.max(count.requestsWait(), count.tokensWait()));
    return new Verdict.TooSoon(scope, Duration.ofMillis(wait), standing);
  }

  private KeyWindow windowOf(String key, String team) {
    for (Scope scope : Scope.values()) {
      limited.of(scope.word(), team); // there, at 0, before the first refusal
    }
    return new KeyWindow(key, config, shared, millis);
  }
}
