package dev.flotilla.provider.lease;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A lease as this instance keeps its books, nano-dollars. All totals but {@code reserved} only
 * grow. Guarded by its purse's lock.
 */
final class Account {
  final UUID id = UUID.randomUUID();
  long granted;
  long returned;

  /** How much of what was returned cost-service has heard of. */
  long returnedAndTold;

  /** Ceilings of attempts in flight. */
  long reserved;

  /** What ended attempts count for. */
  long settled;

  /** Attempts that begin then or later need another account; null while nobody has said. */
  @Nullable Instant endsAt;

  /** In {@link System#nanoTime}; after it what is not in use is given back. */
  long validUntil;

  /** Below 0 when attempts cost more than their ceilings. */
  long free() {
    return granted - returned - reserved - settled;
  }

  boolean isOver(Instant startedAt) {
    return endsAt != null && !startedAt.isBefore(endsAt);
  }

  void giveBackTheRest() {
    returned += Math.max(0, free());
  }
}
