package dev.flotilla.router.admission;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One key as this router sees it: what all routers admit, asked in Redis, and beside it what this
 * router admitted itself, so that it knows what is left of its share the moment Redis goes away.
 * Thread-safe.
 */
final class KeyWindow {
  /** Under load the next question is earlier and takes the corrections along for nothing. */
  private static final Duration SOON = Duration.ofMillis(50);

  private final String key;
  private final AdmissionConfig config;
  private final SharedWindow shared;
  private final LongSupplier millis;

  private final LocalWindow own;

  /** The part of {@link #own} that Redis does not know of; told with the next question. */
  private final LocalWindow untold;

  /** What is to be added to slots in Redis; told with the next question, or soon without one. */
  private Map<Long, Long> corrections = new HashMap<>();

  private boolean tellingSoon;

  private final Expectation expectation = new Expectation();

  /**
   * @param millis a clock that never goes back, with any beginning
   */
  KeyWindow(String key, AdmissionConfig config, SharedWindow shared, LongSupplier millis) {
    this.key = key;
    this.config = config;
    this.shared = shared;
    this.millis = millis;
    this.own = new LocalWindow(config);
    this.untold = new LocalWindow(config);
  }

  /**
   * What was decided.
   *
   * @param usable what this router could give at most: all, or its share
   * @param reservation {@link Reservation#NOTHING} when refused
   */
  record Decision(Count count, Limits usable, Reservation reservation) {}

  Decision admit(Limits limits, long estimate) {
    long tokens = limits.limitsTokens() ? reserve(limits, estimate) : 0;
    return shared.available()
        ? together(limits, tokens).orElseGet(() -> alone(limits, tokens))
        : alone(limits, tokens);
  }

  private Optional<Decision> together(Limits limits, long tokens) {
    long[] elsewhere;
    Map<Long, Long> corrected;
    synchronized (this) {
      elsewhere = untold.drain(millis.getAsLong());
      corrected = takeCorrections();
    }
    Optional<Count> answer = shared.admit(key, limits, tokens, elsewhere, corrected);
    synchronized (this) {
      if (answer.isEmpty()) {
        // Perhaps Redis has counted it and only its answer got lost. Counting twice errs on the
        // safe side.
        untold.add(millis.getAsLong(), elsewhere[0], elsewhere[1]);
        corrected.values().forEach(this::tellAsUsed);
        return Optional.empty();
      }
      Count count = answer.get();
      long slot = count.admitted() ? own.add(millis.getAsLong(), 1, tokens) : 0;
      return Optional.of(decided(count, limits, tokens, slot, count.slot()));
    }
  }

  private synchronized Decision alone(Limits limits, long tokens) {
    Limits share = limits.share(config.replicas());
    long now = millis.getAsLong();
    // What is larger than the share waits until all of the share is free.
    long fitting = limits.limitsTokens() ? Math.min(tokens, share.tokens()) : 0;
    Count count = own.admit(now, share, fitting);
    if (count.admitted()) {
      untold.add(now, 1, fitting);
    }
    return decided(count, share, fitting, count.slot(), Reservation.UNTOLD);
  }

  private Decision decided(Count count, Limits usable, long tokens, long ownSlot, long sharedSlot) {
    if (!usable.limitsTokens()) {
      return new Decision(count, usable, Reservation.NOTHING);
    }
    if (!count.admitted()) {
      long missing = count.tokens() + tokens - usable.tokens();
      long wait = expectation.wait(missing, count.tokensWait());
      return new Decision(count.withTokensWait(wait), usable, Reservation.NOTHING);
    }
    long leaves = expectation.begin(tokens);
    var reservation =
        new Reservation(this, tokens, leaves, millis.getAsLong(), ownSlot, sharedSlot);
    return new Decision(count, usable, reservation);
  }

  private synchronized long reserve(Limits limits, long estimate) {
    return expectation.reserve(estimate, limits.tokens());
  }

  private Map<Long, Long> takeCorrections() {
    if (corrections.isEmpty()) {
      return Map.of();
    }
    Map<Long, Long> taken = corrections;
    corrections = new HashMap<>();
    return taken;
  }

  /** What Redis could not be told of a slot: too little is made good now, too much stays. */
  private void tellAsUsed(long more) {
    if (more > 0) {
      untold.add(millis.getAsLong(), 0, more);
    }
  }

  /** Corrects a reservation to what was really used. */
  void settle(Reservation reservation, long used) {
    long more = used - reservation.tokens();
    synchronized (this) {
      long took = millis.getAsLong() - reservation.sinceMillis();
      expectation.end(reservation.leaves(), used, took);
      own.adjust(reservation.ownSlot(), more);
      if (reservation.sharedSlot() == Reservation.UNTOLD) {
        // Told in the meantime: what was too much stays until it leaves the window.
        if (!untold.adjust(reservation.ownSlot(), more) && more > 0) {
          untold.add(millis.getAsLong(), 0, more);
        }
        return;
      }
      if (more == 0) {
        return;
      }
      corrections.merge(reservation.sharedSlot(), more, Long::sum);
      if (tellingSoon) {
        return;
      }
      tellingSoon = true;
    }
    Thread.startVirtualThread(this::tellSoon);
  }

  /** Nobody may ask again for a long time, and other routers are to know. */
  private void tellSoon() {
    try {
      Thread.sleep(SOON);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Map<Long, Long> left;
    synchronized (this) {
      tellingSoon = false;
      left = takeCorrections();
    }
    left.forEach(
        (slot, more) -> {
          if (!shared.adjust(key, slot, more)) {
            synchronized (this) {
              tellAsUsed(more);
            }
          }
        });
  }
}
