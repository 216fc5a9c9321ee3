package dev.flotilla.cost.report;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** How long a bucket is; buckets begin at full hours or days, UTC. */
enum BucketWidth {
  HOUR("1h", ChronoUnit.HOURS, "hour", 24),
  DAY("1d", ChronoUnit.DAYS, "day", 31);

  final String word;
  final String sql;

  /** Buckets of a page when nobody says how many. */
  final int usualLimit;

  private final ChronoUnit unit;

  BucketWidth(String word, ChronoUnit unit, String sql, int usualLimit) {
    this.word = word;
    this.unit = unit;
    this.sql = sql;
    this.usualLimit = usualLimit;
  }

  Instant startOf(Instant moment) {
    return moment.truncatedTo(unit);
  }

  Instant plus(Instant start, long buckets) {
    return start.plus(Duration.of(buckets, unit));
  }
}
