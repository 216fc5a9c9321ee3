package dev.flotilla.router.flight;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;

/** Failures of the last moments, oldest first; a bounded number of them. Thread-safe. */
final class FailureMarks {
  private static final int MOST = 10_000;

  private record Mark(String text, long until) {}

  private final long keepNanos;
  private final LinkedHashMap<String, Mark> marks = new LinkedHashMap<>();

  FailureMarks(Duration keep) {
    this.keepNanos = keep.toNanos();
  }

  synchronized void remember(String key, String mark) {
    if (keepNanos == 0) {
      return;
    }
    marks.remove(key);
    marks.put(key, new Mark(mark, System.nanoTime() + keepNanos));
    forgetOld();
    if (marks.size() > MOST) {
      marks.pollFirstEntry();
    }
  }

  synchronized Optional<String> of(String key) {
    forgetOld();
    Mark mark = marks.get(key);
    return mark == null ? Optional.empty() : Optional.of(mark.text());
  }

  synchronized int size() {
    forgetOld();
    return marks.size();
  }

  /** All live equally long, so the oldest end first. */
  private void forgetOld() {
    long now = System.nanoTime();
    while (!marks.isEmpty() && marks.firstEntry().getValue().until() - now <= 0) {
      marks.pollFirstEntry();
    }
  }
}
