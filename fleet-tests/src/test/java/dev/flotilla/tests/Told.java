package dev.flotilla.tests;

import java.net.http.HttpHeaders;
import java.util.Map;
import java.util.Optional;

/**
 * What became of one request.
 *
 * @param begun when it was sent, by {@link System#nanoTime}
 * @param ended when its caller knew
 * @param headers empty when no answer began
 */
record Told(
    int number, boolean stream, long begun, long ended, HttpHeaders headers, Ending ending) {
  static final HttpHeaders NONE = HttpHeaders.of(Map.of(), (name, value) -> true);

  Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  boolean complete() {
    return ending instanceof Ending.Complete;
  }
}
