package dev.flotilla.cost.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a report may be broken down by. */
enum Dimension {
  MODEL("model"),
  TASK_TYPE("task_type"),
  TEAM("team"),
  PROVIDER("provider"),
  KEY("key_id"),
  PIPELINE("pipeline"),
  STEP("step");

  /** The ledger's column; null in it means that an attempt has none. */
  final String column;

  Dimension(String column) {
    this.column = column;
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
