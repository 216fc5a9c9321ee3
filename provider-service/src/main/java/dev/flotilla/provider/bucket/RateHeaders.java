package dev.flotilla.provider.bucket;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What providers say of their limits in the headers of every answer, in OpenAI's words ({@code
 * x-ratelimit-remaining-requests}) or in Anthropic's ({@code
 * anthropic-ratelimit-requests-remaining}).
 *
 * @param requests null when it did not say, or nothing that makes sense
 * @param tokens as above
 */
record RateHeaders(@Nullable Left requests, @Nullable Left tokens) {
  static final RateHeaders NOTHING = new RateHeaders(null, null);

  /** As Go writes durations: {@code 6m0s}, {@code 1h2m3.5s}, {@code 120ms}. */
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|us|µs|ns|h|m|s)");

  private static final Pattern DURATION =
      Pattern.compile("(?:\\d{1,9}(?:\\.\\d{1,9})?(?:ms|us|µs|ns|h|m|s))+");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(?:\\.\\d{1,9})?");

  static RateHeaders of(HttpHeaders headers, Instant now) {
    return new RateHeaders(left(headers, "requests", now), left(headers, "tokens", now));
  }

  private static @Nullable Left left(HttpHeaders headers, String what, Instant now) {
    Left openAi =
        left(
            headers,
            "x-ratelimit-remaining-" + what,
            "x-ratelimit-limit-" + what,
            "x-ratelimit-reset-" + what,
            now);
    String anthropic = "anthropic-ratelimit-" + what;
    return openAi != null
        ? openAi
        : left(headers, anthropic + "-remaining", anthropic + "-limit", anthropic + "-reset", now);
  }

  private static @Nullable Left left(
      HttpHeaders headers, String remaining, String limit, String reset, Instant now) {
    // Most answers say nothing, and to find that out by failing to read it would cost more than all
    // else an answer takes here.
    if (headers.firstValue(remaining).isEmpty()) {
      return null;
    }
    Long left = count(headers.firstValue(remaining).orElse(""));
    Duration untilFull = reset(headers.firstValue(reset).orElse(""), now);
    return left == null || untilFull == null
        ? null
        : new Left(left, count(headers.firstValue(limit).orElse("")), untilFull);
  }

  private static @Nullable Long count(String text) {
    try {
      long count = Long.parseLong(text.strip());
      return count < 0 ? null : Long.valueOf(count);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** A duration, seconds or a moment; null when it is none of them. */
  static @Nullable Duration reset(String text, Instant now) {
    String stripped = text.strip();
    if (SECONDS.matcher(stripped).matches()) {
      return nanos(Double.parseDouble(stripped) * 1e9);
    }
    if (DURATION.matcher(stripped).matches()) {
      Matcher part = PART.matcher(stripped);
      double nanos = 0;
      while (part.find()) {
        nanos += Double.parseDouble(part.group(1)) * nanosIn(part.group(2));
      }
      return nanos(nanos);
    }
    try {
      Duration until = Duration.between(now, OffsetDateTime.parse(stripped).toInstant());
      return until.isNegative() ? Duration.ZERO : until;
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private static Duration nanos(double nanos) {
    return Duration.ofNanos((long) Math.min(nanos, Long.MAX_VALUE / 2.0));
  }

  private static double nanosIn(String unit) {
    return switch (unit) {
      case "h" -> 3_600e9;
      case "m" -> 60e9;
      case "s" -> 1e9;
      case "ms" -> 1e6;
      case "us", "µs" -> 1e3;
      default -> 1;
    };
  }
}
