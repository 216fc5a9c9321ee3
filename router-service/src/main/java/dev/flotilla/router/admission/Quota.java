package dev.flotilla.router.admission;

import java.time.Duration;

/**
 * One limit and what is left of it.
 *
 * @param limit per window
 * @param remaining what fits right now, never negative
 * @param reset until all of it is back if nothing more is asked; zero when it is
 */
public record Quota(long limit, long remaining, Duration reset) {
  /** {@code reset} as OpenAI writes it: {@code 12ms}, {@code 1s}, {@code 1.5s}, {@code 6m0s}. */
  public String resetText() {
    long millis = reset.toMillis();
    if (millis == 0) {
      return "0s";
    }
    if (millis < 1_000) {
      return millis + "ms";
    }
    long minutes = millis / 60_000;
    long rest = millis % 60_000;
    String fraction = String.format("%03d", rest % 1_000).replaceAll("0+$", "");
    String seconds = rest / 1_000 + (fraction.isEmpty() ? "" : "." + fraction) + "s";
    if (minutes == 0) {
      return seconds;
    }
    return (minutes < 60 ? "" : minutes / 60 + "h") + minutes % 60 + "m" + seconds;
  }
}
