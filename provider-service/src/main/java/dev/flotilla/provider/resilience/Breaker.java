package dev.flotilla.provider.resilience;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One circuit: closed while the last outcomes are good, open for a while after too many bad ones,
 * then half-open until a probe succeeds or fails. Thread-safe; its lock is held for a few
 * instructions and never while somebody waits.
 */
final class Breaker {
  private static final Logger LOG = Logger.getLogger(Breaker.class.getName());

  /** Nobody knows when a probe will end, so the others are told to look again soon. */
  private static final Duration WHILE_PROBED = Duration.ofSeconds(1);

  private final CircuitKey key;
  private final BreakerConfig config;
  private final LongSupplier nanoClock;
  private final ReentrantLock lock = new ReentrantLock();

  // All below is guarded by the lock.
  private final OutcomeWindow window;
  private CircuitState state = CircuitState.CLOSED;
  private long leftClosedNanos;

  /** Goes up with each change of state, so that what was let through before it does not count. */
  private long generation;

  private long openUntilNanos;
  private boolean gone;
  private int openings;
  private int unreachable;
  private int probes;

  /**
   * @param nanoClock as {@link System#nanoTime}
   */
  Breaker(CircuitKey key, BreakerConfig config, LongSupplier nanoClock) {
    this.key = key;
    this.config = config;
    this.nanoClock = nanoClock;
    this.window = new OutcomeWindow(config.window());
  }

  CircuitKey key() {
    return key;
  }

  Admission admit() {
    lock.lock();
    try {
      long now = nanoClock.getAsLong();
      if (state == CircuitState.OPEN) {
        if (now - openUntilNanos < 0) {
          return new Admission.Refused(millisUntil(openUntilNanos, now));
        }
        become(CircuitState.HALF_OPEN);
      }
      if (state == CircuitState.HALF_OPEN) {
        if (probes == config.probes()) {
          return new Admission.Refused(WHILE_PROBED);
        }
        probes++;
      }
      return new Permit(this, now, generation);
    } finally {
      lock.unlock();
    }
  }

  void begun(Permit permit) {
    lock.lock();
    try {
      if (state == CircuitState.HALF_OPEN && counts(permit)) {
        close();
        permit.generation = generation;
      }
    } finally {
      lock.unlock();
    }
  }

  void giveBack(Permit permit, Evidence evidence) {
    boolean wasGone;
    boolean isGone;
    lock.lock();
    try {
      wasGone = gone;
      if (counts(permit)) {
        Evidence fair = fair(permit, evidence);
        if (state == CircuitState.HALF_OPEN) {
          probed(fair);
        } else {
          note(fair);
        }
      }
      permit.returned = true;
      isGone = gone;
    } finally {
      lock.unlock();
    }
    if (isGone && !wasGone) {
      LOG.log(
          Level.WARNING,
          "{0} does not know {1} in place {2} with the key in {3}: it is left out for {4} at a time"
              + " until it does; correct its upstream or base_url in the catalogue, or take it out",
          new Object[] {key.provider(), key.model(), key.deployment(), key.key(), config.gone()});
    }
  }

  /** As a caller would find it: an open circuit whose time is over is half-open. */
  Circuit circuit() {
    lock.lock();
    try {
      long now = nanoClock.getAsLong();
      boolean open = state == CircuitState.OPEN && now - openUntilNanos < 0;
      boolean allProbing = state == CircuitState.HALF_OPEN && probes == config.probes();
      @Nullable Duration retryAfter =
          open ? millisUntil(openUntilNanos, now) : allProbing ? WHILE_PROBED : null;
      CircuitState seen = state == CircuitState.OPEN && !open ? CircuitState.HALF_OPEN : state;
      return new Circuit(
          key.provider(),
          key.model(),
          seen,
          retryAfter,
          gone,
          window.failureRate(),
          state == CircuitState.CLOSED ? null : Duration.ofNanos(now - leftClosedNanos));
    } finally {
      lock.unlock();
    }
  }

  private boolean counts(Permit permit) {
    return !permit.returned && permit.generation == generation;
  }

  private Evidence fair(Permit permit, Evidence evidence) {
    if (evidence != Evidence.SLOW) {
      return evidence;
    }
    long waited = nanoClock.getAsLong() - permit.grantedNanos;
    return waited < config.patience().toNanos() ? Evidence.NONE : Evidence.SICK;
  }

  private void probed(Evidence evidence) {
    probes--;
    switch (evidence) {
      case HEALTHY -> close();
      case SICK, SLOW, UNREACHABLE -> open();
      case GONE -> leaveOut();
      // The next probe may find out more.
      case HALF_SICK, NONE -> {}
    }
  }

  private void note(Evidence evidence) {
    switch (evidence) {
      case HEALTHY -> window.add(0);
      case HALF_SICK -> window.add(1);
      case SICK, SLOW, UNREACHABLE -> window.add(2);
      case GONE -> {
        leaveOut();
        return;
      }
      case NONE -> {
        return;
      }
    }
    unreachable = evidence == Evidence.UNREACHABLE ? unreachable + 1 : 0;
    boolean judged = window.count() >= config.minimumCalls();
    boolean tooMany = judged && window.failureRate() >= config.failureRate();
    if (unreachable >= config.connectFailures() || (tooMany && evidence != Evidence.HEALTHY)) {
      open();
    } else if (judged && !tooMany) {
      // It has stayed healthy for long enough that its next failure is a new one.
      openings = 0;
    }
  }

  private void open() {
    become(CircuitState.OPEN);
    openUntilNanos = nanoClock.getAsLong() + openFor(openings);
    openings++;
  }

  /** One word of its provider is enough, and it does not heal within seconds. */
  private void leaveOut() {
    become(CircuitState.OPEN);
    gone = true;
    openUntilNanos = nanoClock.getAsLong() + config.gone().toNanos();
  }

  private void close() {
    become(CircuitState.CLOSED);
    gone = false;
    window.clear();
    unreachable = 0;
  }

  private void become(CircuitState next) {
    if (state == CircuitState.CLOSED) {
      leftClosedNanos = nanoClock.getAsLong();
    }
    state = next;
    generation++;
    probes = 0;
  }

  /** Doubles from the second opening on. */
  private long openFor(int earlier) {
    long nanos = config.open().toNanos();
    long most = config.longestOpen().toNanos();
    for (int i = 0; i < earlier && nanos < most; i++) {
      nanos = nanos > most / 2 ? most : nanos * 2;
    }
    return nanos;
  }

  /** Rounded up: who comes back too early is refused again. */
  private static Duration millisUntil(long nanoTime, long now) {
    return Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(nanoTime - now + 999_999));
  }
}
