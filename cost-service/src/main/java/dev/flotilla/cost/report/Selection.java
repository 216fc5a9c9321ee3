package dev.flotilla.cost.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which part of the ledger a sum is about.
 *
 * @param from first moment, by the attempts' start
 * @param to first moment that is no longer in it
 * @param filters the value each of these columns must have
 */
record Selection(Instant from, Instant to, Map<Dimension, String> filters, CountedRows counted) {
  Selection {
    filters = Map.copyOf(filters);
  }

  static Selection of(CostScope scope, Map<Dimension, String> more, CountedRows counted) {
    Map<Dimension, String> filters = new LinkedHashMap<>(more);
    put(filters, Dimension.TEAM, scope.team());
    put(filters, Dimension.MODEL, scope.model());
    put(filters, Dimension.PROVIDER, scope.provider());
    put(filters, Dimension.TASK_TYPE, scope.taskType());
    return new Selection(scope.from(), scope.to(), filters, counted);
  }

  private static void put(
      Map<Dimension, String> filters, Dimension column, @Nullable String value) {
    if (value != null) {
      filters.put(column, value);
    }
  }

  /** Whether decisions have all of its columns. */
  boolean decided() {
    return filters.keySet().stream().allMatch(Dimension::decided);
  }

  /** {@code and …} for each filter; real or invented rows too. */
  Query conditions() {
    var query = new Query();
    Dimension.COLUMNS.forEach(
        column -> {
          String value = filters.get(column);
          if (value != null) {
            query.add(" and " + column.column() + " = ?", value);
          }
        });
    return query.add(counted.sql);
  }

  /**
   * The range in parts, each with the longest span that fits: what is whole comes from a roll-up,
   * what is not from the rows.
   *
   * @param spans of roll-ups that are of use, longest first
   */
  List<Part> parts(Part.Span... spans) {
    List<Part> parts = new ArrayList<>();
    split(parts, from, to, List.of(spans));
    return parts;
  }

  private static void split(List<Part> parts, Instant from, Instant to, List<Part.Span> spans) {
    if (!from.isBefore(to)) {
      return;
    }
    if (spans.isEmpty()) {
      parts.add(new Part(Part.Span.ROW, from, to));
      return;
    }
    Part.Span span = spans.getFirst();
    List<Part.Span> shorter = spans.subList(1, spans.size());
    Instant start = span.width.startOf(from);
    Instant first = start.equals(from) ? from : span.width.plus(start, 1);
    Instant last = span.width.startOf(to);
    if (first.isBefore(last)) {
      split(parts, from, first, shorter);
      parts.add(new Part(span, first, last));
      split(parts, last, to, shorter);
    } else {
      split(parts, from, to, shorter);
    }
  }

  /** A part of the range, and what it is read from. */
  record Part(Span span, Instant from, Instant to) {
    /** The tables of each length of time. Months are summed up for tags only. */
    enum Span {
      ROW(BucketWidth.HOUR, "attempt_figures", "decision_figures", "started_at", "attempt_figures"),
      HOUR(BucketWidth.HOUR, "spend_hour", "answer_hour", "at", "attempt_figures"),
      DAY(BucketWidth.DAY, "spend_day", "answer_day", "at", "spend_tag_day"),
      MONTH(BucketWidth.MONTH, "spend_day", "answer_day", "at", "spend_tag_month");

      final BucketWidth width;
      final String spending;
      final String answers;
      final String time;
      final String tags;

      Span(BucketWidth width, String spending, String answers, String time, String tags) {
        this.width = width;
        this.spending = spending;
        this.answers = answers;
        this.time = time;
        this.tags = tags;
      }
    }

    Query range() {
      return new Query().add(" where " + span.time + " >= ? and " + span.time + " < ?", from, to);
    }
  }
}
