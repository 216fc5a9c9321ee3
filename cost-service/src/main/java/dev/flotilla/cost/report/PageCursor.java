package dev.flotilla.cost.report;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Where a page of a report goes on. It keeps the range too: one that ends now would otherwise have
 * moved by the next page.
 *
 * @param next start of the first bucket that was not shown
 */
record PageCursor(Instant from, Instant to, Instant next) {
  private static final String PREFIX = "page_";

  String word() {
    return PREFIX
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString((from + "|" + to + "|" + next).getBytes(StandardCharsets.US_ASCII));
  }

  /** Empty when it is none of ours. */
  static Optional<PageCursor> read(String word) {
    if (!word.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      String text =
          new String(
              Base64.getUrlDecoder().decode(word.substring(PREFIX.length())),
              StandardCharsets.US_ASCII);
      List<Instant> moments = List.of(text.split("\\|", -1)).stream().map(Instant::parse).toList();
      if (moments.size() == 3) {
        var cursor = new PageCursor(moments.get(0), moments.get(1), moments.get(2));
        if (cursor.from.isBefore(cursor.next) && cursor.next.isBefore(cursor.to)) {
          return Optional.of(cursor);
        }
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }
}
