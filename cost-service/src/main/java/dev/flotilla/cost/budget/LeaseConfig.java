package dev.flotilla.cost.budget;

import dev.flotilla.kit.settings.Settings;
import java.time.Duration;

/**
 * How large a lease is.
 *
 * @param share of what is available, given when less than that is needed
 * @param mostNanos but not more than this, unless more is needed; nano-dollars
 * @param life after which what is not in use is to be given back
 * @param shortLife the same while little is available, so that nobody sits on what others need
 * @param believe how long holders may believe which budgets there are
 * @param forgetAfter what a holder has that was not heard of for so long is written off when a
 *     budget is added up anew
 */
record LeaseConfig(
    double share,
    long mostNanos,
    Duration life,
    Duration shortLife,
    Duration believe,
    Duration forgetAfter) {
  private static final long NANOS_PER_CENT = 10_000_000L;

  static LeaseConfig from(Settings settings) {
    return new LeaseConfig(
        settings.fraction("flotilla.lease.share"),
        settings.number("flotilla.lease.most-cents", 0, 100_000_000) * NANOS_PER_CENT,
        settings.duration("flotilla.lease.life"),
        settings.duration("flotilla.lease.short-life"),
        settings.duration("flotilla.lease.believe"),
        settings.duration("flotilla.lease.forget-after"));
  }
}
