package dev.flotilla.router.exchange;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a caller lets the answer cache do, in the terms of RFC 9111's request {@code Cache-Control}.
 *
 * @param reads whether a kept answer may be given
 * @param writes whether the answer may be kept
 * @param onlyIfCached whether nobody is asked when there is none
 * @param maxAge how old a kept answer may be; null is any age
 */
public record CacheUse(
    boolean reads, boolean writes, boolean onlyIfCached, @Nullable Duration maxAge) {
  public static final CacheUse DEFAULT = new CacheUse(true, true, false, null);

  /** Ask anew, and keep the new answer. */
  public static final CacheUse REFRESH = new CacheUse(false, true, false, null);

  /** Neither give a kept answer nor keep this one. */
  public static final CacheUse OFF = new CacheUse(false, false, false, null);

  /** Whether an answer of this age may be given. */
  public boolean admits(Duration age) {
    return maxAge == null || age.compareTo(maxAge) <= 0;
  }

  /** By the words of {@code route.cache}; empty for a word nobody knows. */
  static Optional<CacheUse> ofWord(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "default" -> Optional.of(DEFAULT);
      case "refresh" -> Optional.of(REFRESH);
      case "off" -> Optional.of(OFF);
      default -> Optional.empty();
    };
  }

  /**
   * By a {@code Cache-Control} header; directives that mean nothing here are passed over, as the
   * standard wants.
   *
   * @throws NumberFormatException when {@code max-age} has no whole number of seconds
   */
  static CacheUse ofHeader(String header) {
    CacheUse use = DEFAULT;
    for (String written : header.split(",", -1)) {
      String directive = written.strip().toLowerCase(Locale.ROOT);
      if (directive.equals("no-store")) {
        return OFF;
      } else if (directive.equals("no-cache")) {
        use = new CacheUse(false, use.writes, use.onlyIfCached, use.maxAge);
      } else if (directive.equals("only-if-cached")) {
        use = new CacheUse(use.reads, use.writes, true, use.maxAge);
      } else if (directive.startsWith("max-age=")) {
        long seconds = Long.parseUnsignedLong(directive.substring("max-age=".length()).strip());
        // the standard's own bound for what does not fit
        var age =
            Duration.ofSeconds(
                seconds < 0 ? Integer.MAX_VALUE : Math.min(seconds, Integer.MAX_VALUE));
        use = new CacheUse(use.reads && !age.isZero(), use.writes, use.onlyIfCached, age);
      }
    }
    return use;
  }
}
