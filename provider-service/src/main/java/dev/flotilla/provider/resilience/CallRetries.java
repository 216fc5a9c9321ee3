package dev.flotilla.provider.resilience;

import dev.flotilla.provider.dialect.Failure;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** The retries of one call. One thread. */
public final class CallRetries {
  /** A blackhole costs a connect timeout each time; what is refused is refused at once. */
  private static final Duration A_QUICK_REFUSAL = Duration.ofMillis(500);

  private final RetryConfig config;
  private final RetryBudget budget;
  private final DoubleSupplier random;
  private final Map<Kind, Integer> made = new EnumMap<>(Kind.class);
  private int all;

  CallRetries(RetryConfig config, RetryBudget budget, DoubleSupplier random) {
    this.config = config;
    this.budget = budget;
    this.random = random;
  }

  /** Failures that are counted together. */
  private enum Kind {
    CONNECT,
    OVERLOADED,
    THROTTLED,
    SERVER_ERROR,
    LOST,
    NEVER
  }

  /**
   * Whether the failed attempt is followed by another one.
   *
   * @param providerSays whether the provider itself wants the request again; null when it did not
   *     say. It can forbid a retry, but ask for one only where nothing was charged
   * @param elsewhere whether there is another way to the model; what was asked of this one is no
   *     reason to wait there
   * @param took how long the attempt took: one more is given as long
   * @param remaining until the deadline
   */
  public RetryVerdict after(
      Failure failure,
      @Nullable Boolean providerSays,
      boolean elsewhere,
      Duration took,
      Duration remaining) {
    Kind kind = kind(failure, providerSays, took);
    int madeOfKind = made.getOrDefault(kind, 0);
    if (Boolean.FALSE.equals(providerSays) || all >= config.most() || madeOfKind >= limit(kind)) {
      return new RetryVerdict.Enough();
    }
    Duration asked = elsewhere ? Duration.ZERO : asked(failure);
    if (asked.compareTo(config.longestThrottle()) > 0) {
      return new RetryVerdict.Enough();
    }
    Duration pause = elsewhere ? Duration.ZERO : asked.plus(jitter(kind));
    if (pause.plus(took).compareTo(remaining) >= 0) {
      return new RetryVerdict.Enough();
    }
    if (!budget.spend()) {
      return new RetryVerdict.BudgetSpent();
    }
    all++;
    made.put(kind, madeOfKind + 1);
    return new RetryVerdict.Again(pause);
  }

  private static Kind kind(Failure failure, @Nullable Boolean providerSays, Duration took) {
    return switch (failure) {
      case Failure.Unreachable u ->
          took.compareTo(A_QUICK_REFUSAL) <= 0 ? Kind.CONNECT : Kind.NEVER;
      case Failure.Overloaded o -> Kind.OVERLOADED;
      case Failure.Throttled t -> Kind.THROTTLED;
      case Failure.ServerError s -> Kind.SERVER_ERROR;
      case Failure.Lost l -> Kind.LOST;
      case Failure.Rejected r -> Boolean.TRUE.equals(providerSays) ? Kind.OVERLOADED : Kind.NEVER;
      // Another key may help, the same one will not.
      case Failure.Barred b -> Kind.NEVER;
      // Its certificate is the same the next time.
      case Failure.Distrusted d -> Kind.NEVER;
      // The deadline is over.
      case Failure.TimedOut t -> Kind.NEVER;
      // Paid for in full, or as far as it went.
      case Failure.BadAnswer b -> Kind.NEVER;
      case Failure.CutShort c -> Kind.NEVER;
    };
  }

  private int limit(Kind kind) {
    return switch (kind) {
      case CONNECT -> config.connect();
      case OVERLOADED -> config.overloaded();
      case THROTTLED -> config.throttled();
      case SERVER_ERROR -> config.serverError();
      case LOST -> config.lost();
      case NEVER -> 0;
    };
  }

  private static Duration asked(Failure failure) {
    Duration asked =
        switch (failure) {
          case Failure.Throttled(int status, var retryAfter) -> retryAfter;
          case Failure.Overloaded(int status, var retryAfter) -> retryAfter;
          default -> null;
        };
    return asked == null ? Duration.ZERO : asked;
  }

  /**
   * Anything from nothing to the backoff: callers that failed together do not come back together.
   */
  private Duration jitter(Kind kind) {
    long nanos = (kind == Kind.CONNECT ? config.connectBackoff() : config.backoff()).toNanos();
    long most = config.longestBackoff().toNanos();
    for (int i = 0; i < all && nanos < most; i++) {
      nanos = nanos > most / 2 ? most : nanos * 2;
    }
    return Duration.ofNanos((long) (random.getAsDouble() * nanos));
  }
}
