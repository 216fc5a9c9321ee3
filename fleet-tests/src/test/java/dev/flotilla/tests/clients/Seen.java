package dev.flotilla.tests.clients;

/** What has come of a stream so far. Thread-safe. */
final class Seen {
  private final Runnable heard;
  private final StringBuilder text = new StringBuilder();

  /**
   * @param heard run once, at the first text
   */
  Seen(Runnable heard) {
    this.heard = heard;
  }

  synchronized void add(String piece) {
    boolean first = text.isEmpty() && !piece.isEmpty();
    text.append(piece);
    if (first) {
      heard.run();
    }
  }

  synchronized String text() {
    return text.toString();
  }
}
