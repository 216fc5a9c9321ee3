package dev.flotilla.review.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The beginning of what a room and its command print. Thread-safe. */
final class Output {
  /** The room's last word; what comes after it is the command's. */
  private static final String STARTED = "ready\n";

  private final int most;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private boolean full;

  Output(int most) {
    this.most = most + STARTED.length();
  }

  /** Until the end, or until it is full: then nothing is taken any more, and the writer waits. */
  void read(InputStream from) {
    byte[] buffer = new byte[8_192];
    try {
      int count = from.read(buffer);
      while (count >= 0 && keep(buffer, count)) {
        count = from.read(buffer);
      }
    } catch (IOException e) {
      // The writer was killed.
      return;
    }
  }

  private synchronized boolean keep(byte[] buffer, int count) {
    int room = Math.min(count, most - kept.size());
    kept.write(buffer, 0, room);
    full = room < count;
    return !full;
  }

  synchronized boolean isFull() {
    return full;
  }

  synchronized String all() {
    return kept.toString(StandardCharsets.UTF_8);
  }

  boolean started() {
    return start() >= 0;
  }

  String afterStart() {
    return all().substring(start() + STARTED.length());
  }

  /** Programs that close the room may warn before. */
  private int start() {
    String all = all();
    int line = all.indexOf("\n" + STARTED);
    return all.startsWith(STARTED) ? 0 : line < 0 ? -1 : line + 1;
  }
}
