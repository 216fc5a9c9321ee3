package dev.flotilla.provider.dialect;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** When a provider wants to be asked again, in all the ways in which one can say that. */
public final class RetryAfter {
  /** Providers have sent a retry-after of years. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private RetryAfter() {}

  /** Null when there is none that makes sense. */
  public static @Nullable Duration of(HttpHeaders headers) {
    String millis = headers.firstValue("retry-after-ms").orElse(null);
    Duration wait = millis == null ? null : number(millis, 1);
    if (wait == null) {
      String value = headers.firstValue("retry-after").orElse(null);
      wait = value == null ? null : number(value, 1_000);
      if (wait == null && value != null) {
        wait = untilDate(value);
      }
    }
    return bounded(wait);
  }

  /** Of seconds in words, with or without a fraction; null when they make no sense. */
  public static @Nullable Duration seconds(String text) {
    return bounded(number(text, 1_000));
  }

  private static @Nullable Duration bounded(@Nullable Duration wait) {
    if (wait == null || wait.isNegative()) {
      return null;
    }
    return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
  }

  private static @Nullable Duration number(String text, long unitMillis) {
    try {
      double units = Double.parseDouble(text.strip());
      return Double.isFinite(units)
          ? Duration.ofMillis((long) Math.clamp(units * unitMillis, -1, 1e9))
          : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Duration untilDate(String text) {
    try {
      Instant then =
          ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Duration.between(Instant.now(), then);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
