package dev.flotilla.provider.resilience;

import dev.flotilla.catalog.Model;
import dev.flotilla.provider.bucket.Grant;
import dev.flotilla.provider.dialect.Failure;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The right to ask a model once, in one place with one key. Whoever holds it gives it back, however
 * the attempt ends; a second time does nothing. Thread-safe.
 */
public final class Pass implements Way {
  /** Some providers forget to say how long they want to be left alone. */
  private static final Duration A_SHORT_REST = Duration.ofSeconds(1);

  private static final Duration A_LONG_REST = Duration.ofMinutes(1);
  private static final HttpHeaders NOTHING_SAID = HttpHeaders.of(Map.of(), (name, value) -> true);

  private final Lane lane;
  private final Permit permit;
  private final Grant.Taken grant;
  private final ParkedKeys keys;
  private final LongSupplier nanoClock;
  private final long grantedNanos;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final AtomicBoolean returned = new AtomicBoolean();
  private final AtomicBoolean settled = new AtomicBoolean();
  private volatile HttpHeaders headers = NOTHING_SAID;

  Pass(Lane lane, Permit permit, Grant.Taken grant, ParkedKeys keys, LongSupplier nanoClock) {
    this.lane = lane;
    this.permit = permit;
    this.grant = grant;
    this.keys = keys;
    this.nanoClock = nanoClock;
    this.grantedNanos = nanoClock.getAsLong();
    lane.load().began();
  }

  /** The model with the address, the name and the key by which it is to be asked. */
  public Model model() {
    return lane.model();
  }

  Lane lane() {
    return lane;
  }

  /** A stream has begun: a probe need not last as long as the stream does. */
  public void begun() {
    permit.begun();
    lane.firstChunks().add(nanoClock.getAsLong() - grantedNanos);
    answered();
  }

  /** What the provider said beside its answer. */
  public void heard(HttpHeaders said) {
    headers = said;
    lane.bucket().heard(said);
  }

  /** Nothing was sent after all: nothing is taken from what the provider grants. */
  public void notSent() {
    if (settled.compareAndSet(false, true)) {
      lane.bucket().giveBack(grant);
    }
  }

  /**
   * The attempt has ended.
   *
   * @param tokens that it took; null when nobody knows
   */
  public void used(@Nullable Long tokens) {
    if (settled.compareAndSet(false, true)) {
      lane.bucket().settle(grant, tokens, headers);
    }
  }

  /** What the attempt failed of, before the pass is given back. */
  public void failed(Failure failure) {
    switch (failure) {
      case Failure.Barred(int status) when refusesTheKey(status) ->
          keys.refused(lane.model().provider().id(), lane.key(), status);
      // The place does not know the model, or has moved: no other call need find that out at once.
      case Failure.Barred b -> lane.rest(A_LONG_REST);
      case Failure.Throttled(int status, var retryAfter) ->
          lane.rest(retryAfter == null ? A_SHORT_REST : retryAfter);
      default -> {}
    }
  }

  public void giveBack(Evidence evidence) {
    if (!returned.compareAndSet(false, true)) {
      return;
    }
    permit.giveBack(evidence);
    lane.load().ended();
    switch (evidence) {
      case HEALTHY -> answered();
      case SICK, HALF_SICK, SLOW, UNREACHABLE, GONE -> {
        if (begun.compareAndSet(false, true)) {
          lane.load().failed(nanoClock.getAsLong() - grantedNanos);
        }
      }
      case NONE -> {}
    }
  }

  private void answered() {
    if (begun.compareAndSet(false, true)) {
      lane.load().answered(nanoClock.getAsLong() - grantedNanos);
      keys.accepted(lane.model().provider().id(), lane.key());
    }
  }

  /** An address, a model or a redirection that is wrong says nothing of the key. */
  private static boolean refusesTheKey(int status) {
    return status >= 400 && status != 404;
  }
}
