package dev.flotilla.local.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Spans in the order they began, each below the one it is part of. */
final class Waterfall {
  private static final int COLUMNS = 24;

  private final List<Line> lines = new ArrayList<>();
  private final List<TracedSpan> spans;
  private final long start;
  private final long end;

  /**
   * @param depth 0 for spans whose parent is not ours
   * @param offset microseconds since the first span began
   * @param bar when it ran, within the whole trace
   */
  record Line(TracedSpan span, int depth, long offset, String bar) {}

  Waterfall(List<TracedSpan> spans) {
    this.spans = spans.stream().sorted(Comparator.comparingLong(TracedSpan::start)).toList();
    this.start = spans.stream().mapToLong(TracedSpan::start).min().orElse(0);
    this.end = spans.stream().mapToLong(TracedSpan::end).max().orElse(1);
    this.spans.stream().filter(this::begins).forEach(first -> add(first, 0));
  }

  List<Line> lines() {
    return List.copyOf(lines);
  }

  /** Its parent is unknown here: the caller's own, or lost. */
  private boolean begins(TracedSpan span) {
    return spans.stream().noneMatch(other -> other.id().equals(span.parentId()));
  }

  private void add(TracedSpan span, int depth) {
    lines.add(new Line(span, depth, span.start() - start, bar(span)));
    spans.stream()
        .filter(child -> span.id().equals(child.parentId()))
        .forEach(child -> add(child, depth + 1));
  }

  private String bar(TracedSpan span) {
    var before = (int) ((span.start() - start) * COLUMNS / (end - start));
    var length = (int) Math.max(1, span.duration() * COLUMNS / (end - start));
    var first = Math.min(before, COLUMNS - 1);
    return "·".repeat(first)
        + "█".repeat(Math.min(length, COLUMNS - first))
        + "·".repeat(Math.max(0, COLUMNS - first - length));
  }
}
