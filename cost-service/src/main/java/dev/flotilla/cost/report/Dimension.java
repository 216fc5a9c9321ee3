package dev.flotilla.cost.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a report may be broken down by. */
enum Dimension {
  MODEL("model", true),
  TASK_TYPE("task_type", true),
  TEAM("team", true),
  PROVIDER("provider", true),
  KEY("key_id", true),
  PIPELINE("pipeline", false),
  STEP("step", false);

  /** The ledger's column; null in it means that an attempt has none. */
  final String column;

  /** Whether decisions have that column too. */
  final boolean decided;

  Dimension(String column, boolean decided) {
    this.column = column;
    this.decided = decided;
  }

  /** As written in {@code group_by} and in a result's {@code group}. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Dimension> named(String word) {
    return Arrays.stream(values()).filter(d -> d.word().equals(word)).findFirst();
  }

  static String words() {
    return Arrays.stream(values()).map(Dimension::word).collect(Collectors.joining(", "));
  }
}
