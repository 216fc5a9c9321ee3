package dev.flotilla.router.pipeline.interpreter;

import dev.flotilla.kit.json.Json;

/**
 * Shows an answer to those who watch the run while it is written; a few words at a time, because
 * each time is a row. One thread at a time.
 */
final class ShownWords implements ModelAction.Words {
  private static final long BETWEEN_NANOS = 100_000_000;

  private final Going going;
  private final String key;
  private final StringBuilder waiting = new StringBuilder();
  private long shownAt = System.nanoTime() - BETWEEN_NANOS;

  ShownWords(Going going, String key) {
    this.going = going;
    this.key = key;
  }

  @Override
  public void piece(String text) {
    waiting.append(text);
    if (System.nanoTime() - shownAt >= BETWEEN_NANOS) {
      flush();
    }
  }

  @Override
  public void flush() {
    if (waiting.isEmpty()) {
      return;
    }
    going.tell("step.delta", Json.object().put("key", key).put("delta", waiting.toString()));
    waiting.setLength(0);
    shownAt = System.nanoTime();
  }
}
