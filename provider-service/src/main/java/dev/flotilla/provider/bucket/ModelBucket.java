package dev.flotilla.provider.bucket;

import dev.flotilla.catalog.Rates;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is left of what a provider grants to one key for one model: what the catalogue says, counted
 * by all replicas together, and what the provider says itself, which each replica hears. While
 * Redis is away this instance keeps to its share. Thread-safe; asks Redis only when the catalogue
 * gives rates.
 */
public final class ModelBucket {
  private final Rates rates;
  private final LocalBucket local;
  private final @Nullable SharedBucket shared;
  private final boolean believeHeaders;
  private final LongSupplier nanoClock;
  private final InstantSource clock;

  // Guarded by this.
  private final Announced requests = new Announced();
  private final Announced tokens = new Announced();

  ModelBucket(
      Rates rates,
      LocalBucket local,
      @Nullable SharedBucket shared,
      boolean believeHeaders,
      LongSupplier nanoClock,
      InstantSource clock) {
    this.rates = rates;
    this.local = local;
    this.shared = shared;
    this.believeHeaders = believeHeaders;
    this.nanoClock = nanoClock;
    this.clock = clock;
  }

  /**
   * Counts a request if it fits.
   *
   * @param expectedTokens of input and output together
   */
  public Grant take(long expectedTokens) {
    Duration announced = announcedWait(expectedTokens);
    if (!announced.isZero()) {
      return new Grant.Wait(announced);
    }
    Long most = rates.tokens();
    long wanted = most == null ? expectedTokens : Math.min(expectedTokens, most);
    Duration wait = together(wanted).orElseGet(() -> roundedUp(local.take(wanted)));
    if (!wait.isZero()) {
      return new Grant.Wait(wait);
    }
    synchronized (this) {
      requests.take(1);
      tokens.take(expectedTokens);
    }
    return new Grant.Taken(wanted);
  }

  /** It was not sent after all. */
  public void giveBack(Grant.Taken taken) {
    correct(-1, -taken.tokens(), null);
  }

  /**
   * The request has ended.
   *
   * @param usedTokens null when nobody knows
   * @param headers what the provider said beside its answer; empty when there was none
   */
  public void settle(Grant.Taken taken, @Nullable Long usedTokens, HttpHeaders headers) {
    long more = usedTokens == null ? 0 : usedTokens - taken.tokens();
    correct(0, more, said(headers));
  }

  /** What the provider says of its limits, as soon as it says so. */
  public void heard(HttpHeaders headers) {
    RateHeaders said = said(headers);
    long now = nanoClock.getAsLong();
    synchronized (this) {
      if (said.requests() != null) {
        requests.heard(said.requests(), now);
      }
      if (said.tokens() != null) {
        tokens.heard(said.tokens(), now);
      }
    }
  }

  /** What is left now: what the provider announced if it did, else of what the catalogue grants. */
  public Remaining remaining() {
    long now = nanoClock.getAsLong();
    synchronized (this) {
      Long requestsLeft = requests.left(now);
      Long tokensLeft = tokens.left(now);
      if (requestsLeft != null || tokensLeft != null) {
        return new Remaining(requestsLeft, tokensLeft, true);
      }
    }
    return local.remaining();
  }

  private RateHeaders said(HttpHeaders headers) {
    return believeHeaders ? RateHeaders.of(headers, clock.instant()) : RateHeaders.NOTHING;
  }

  private synchronized Duration announcedWait(long expectedTokens) {
    long now = nanoClock.getAsLong();
    return roundedUp(Math.max(requests.waitNanos(1, now), tokens.waitNanos(expectedTokens, now)));
  }

  private Optional<Duration> together(long wanted) {
    if (shared == null) {
      return Optional.empty();
    }
    Optional<Duration> wait = shared.take(wanted).map(Duration::ofMillis);
    if (wait.isPresent() && wait.get().isZero()) {
      // So that this instance knows what is left of its share the moment Redis goes away.
      local.add(1, wanted);
    }
    return wait;
  }

  private void correct(long moreRequests, long moreTokens, @Nullable RateHeaders said) {
    local.add(moreRequests, moreTokens);
    if (shared == null) {
      return;
    }
    Left requestsLeft = said == null ? null : said.requests();
    Left tokensLeft = said == null ? null : said.tokens();
    if (moreRequests != 0 || moreTokens != 0 || requestsLeft != null || tokensLeft != null) {
      shared.settle(
          moreRequests,
          moreTokens,
          requestsLeft == null ? null : requestsLeft.remaining(),
          tokensLeft == null ? null : tokensLeft.remaining());
    }
  }

  /** Rounded up: who comes back too early is refused again. */
  private static Duration roundedUp(long nanos) {
    return Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(nanos + 999_999));
  }
}
