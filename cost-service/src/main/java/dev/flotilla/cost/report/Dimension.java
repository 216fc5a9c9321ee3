package dev.flotilla.cost.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a report may be broken down by.
 *
 * @param word as written in {@code group_by} and in a result's {@code group}
 * @param column the ledger's column, or the tag's name; null in it means that an attempt has none
 * @param decided whether decisions have that column too
 * @param tag whether it is one of the caller's tags
 */
record Dimension(String word, String column, boolean decided, boolean tag) {
  static final Dimension MODEL = new Dimension("model", "model", true, false);
  static final Dimension TASK_TYPE = new Dimension("task_type", "task_type", true, false);
  static final Dimension TEAM = new Dimension("team", "team", true, false);
  static final Dimension PROVIDER = new Dimension("provider", "provider", true, false);
  static final Dimension KEY = new Dimension("key", "key_id", true, false);
  static final Dimension PROJECT = new Dimension("project", "project", true, false);
  static final Dimension PIPELINE = new Dimension("pipeline", "pipeline", false, false);
  static final Dimension STEP = new Dimension("step", "step", false, false);

  /** All but tags. */
  static final List<Dimension> COLUMNS =
      List.of(MODEL, TASK_TYPE, TEAM, PROVIDER, KEY, PROJECT, PIPELINE, STEP);

  private static final String TAG = "tag:";

  /** A column's word, or {@code tag:} and a tag's name. */
  static Optional<Dimension> named(String word) {
    if (word.startsWith(TAG) && word.length() > TAG.length()) {
      return Optional.of(new Dimension(word, word.substring(TAG.length()), false, true));
    }
    return COLUMNS.stream().filter(d -> d.word.equals(word)).findFirst();
  }

  static String words() {
    return COLUMNS.stream().map(Dimension::word).collect(Collectors.joining(", ")) + ", tag:<name>";
  }
}
