package dev.flotilla.router.batch;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a caller prefers to be answered, as RFC 7240 writes it. */
final class Prefer {
  private static final Pattern WAIT = Pattern.compile("wait(?:\\s*=\\s*\"?([0-9]{1,6})\"?)?");
  private static final Duration USUAL = Duration.ofSeconds(60);

  private Prefer() {}

  /**
   * How long to wait for the whole answer; empty when that is not preferred.
   *
   * @param headers all values of the header
   */
  static Optional<Duration> waiting(List<String> headers) {
    for (String header : headers) {
      for (String preference : header.toLowerCase(Locale.ROOT).split("[,;]")) {
        Matcher wait = WAIT.matcher(preference.strip());
        if (wait.matches()) {
          String seconds = wait.group(1);
          return Optional.of(seconds == null ? USUAL : Duration.ofSeconds(Long.parseLong(seconds)));
        }
      }
    }
    return Optional.empty();
  }
}
