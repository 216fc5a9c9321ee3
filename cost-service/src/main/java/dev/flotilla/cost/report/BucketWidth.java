package dev.flotilla.cost.report;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/** How long a bucket is; buckets begin at full hours, days, Mondays or months, UTC. */
enum BucketWidth {
  HOUR("1h", ChronoUnit.HOURS, "hour", 24),
  DAY("1d", ChronoUnit.DAYS, "day", 31),
  WEEK("1w", ChronoUnit.WEEKS, "week", 53),
  MONTH("1mo", ChronoUnit.MONTHS, "month", 12);

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
    OffsetDateTime utc = moment.atOffset(ZoneOffset.UTC);
    return switch (this) {
      case HOUR, DAY -> moment.truncatedTo(unit);
      case WEEK ->
          utc.truncatedTo(ChronoUnit.DAYS)
              .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
              .toInstant();
      case MONTH ->
          utc.truncatedTo(ChronoUnit.DAYS).with(TemporalAdjusters.firstDayOfMonth()).toInstant();
    };
  }

  /** The start of the bucket so many later. */
  Instant plus(Instant start, long buckets) {
    return start.atOffset(ZoneOffset.UTC).plus(buckets, unit).toInstant();
  }
}
