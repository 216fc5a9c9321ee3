package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A chart of bars, stacked, as numbers a template can draw: places are shares of the chart's width
 * and height, in percent.
 *
 * @param bars from the left
 * @param series what the colours mean, largest first
 * @param top the value at the upper edge
 */
record Bars(List<Bar> bars, List<String> series, double top) {
  private static final int MOST_SERIES = 7;
  private static final String REST = "other";
  private static final double GAP = 0.25;
  private static final DateTimeFormatter HOUR =
      DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final int SECONDS_OF_A_DAY = 86_400;

  /**
   * @param label when it was
   */
  record Bar(String label, double x, double width, double middle, List<Part> parts) {}

  /**
   * @param series its place in the chart's series, from 0
   * @param title for whoever points at it
   */
  record Part(int series, double y, double height, String title) {}

  /** Money per bucket, stacked by what it was grouped by. */
  static Bars ofCosts(JsonNode buckets) {
    return of(buckets, "amount", true);
  }

  /** Requests per bucket. */
  static Bars ofRequests(JsonNode buckets) {
    return of(buckets, "requests", false);
  }

  private static Bars of(JsonNode buckets, String field, boolean money) {
    Map<String, Double> sums = new LinkedHashMap<>();
    double top = 0;
    for (JsonNode bucket : buckets) {
      double height = 0;
      for (JsonNode result : bucket.path("results")) {
        double value = value(result, field, money);
        sums.merge(name(result), value, Double::sum);
        height += value;
      }
      top = Math.max(top, height);
    }
    List<String> largest =
        sums.entrySet().stream()
            .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
            .map(Map.Entry::getKey)
            .toList();
    List<String> series = new ArrayList<>(largest);
    if (series.size() > MOST_SERIES) {
      series = new ArrayList<>(largest.subList(0, MOST_SERIES));
      series.add(REST);
    }
    var bars = new ArrayList<Bar>();
    double slot = buckets.isEmpty() ? 100 : 100.0 / buckets.size();
    boolean hours = ofHours(buckets);
    int i = 0;
    for (JsonNode bucket : buckets) {
      double x = i++ * slot + slot * GAP / 2;
      String label = label(bucket, hours);
      bars.add(
          new Bar(
              label,
              x,
              slot * (1 - GAP),
              x + slot * (1 - GAP) / 2,
              parts(bucket, series, label, field, money, top)));
    }
    return new Bars(bars, series, top);
  }

  private static List<Part> parts(
      JsonNode bucket, List<String> series, String label, String field, boolean money, double top) {
    var values = new double[series.size()];
    for (JsonNode result : bucket.path("results")) {
      int at = series.indexOf(name(result));
      values[at < 0 ? values.length - 1 : at] += value(result, field, money);
    }
    var parts = new ArrayList<Part>();
    double below = 0;
    for (int i = 0; i < values.length && top > 0; i++) {
      if (values[i] > 0) {
        double height = values[i] / top * 100;
        below += height;
        String amount =
            money
                ? String.format(Locale.ENGLISH, "$%.6f", values[i])
                : String.format(Locale.ENGLISH, "%,.0f", values[i]);
        parts.add(new Part(i, 100 - below, height, label + " · " + series.get(i) + " · " + amount));
      }
    }
    return parts;
  }

  private static double value(JsonNode result, String field, boolean money) {
    return (money ? result.path(field).path("value") : result.path(field)).asDouble();
  }

  /** What a result is about: its groups, in words. */
  static String name(JsonNode result) {
    var words = new ArrayList<String>();
    result.path("group").properties().forEach(one -> words.add(one.getValue().asText("–")));
    String name = String.join(" · ", words);
    return name.isEmpty() ? "all" : name.replace("null", "none");
  }

  private static String label(JsonNode bucket, boolean hours) {
    return (hours ? HOUR : DAY).format(Instant.ofEpochSecond(bucket.path("start_time").asLong()));
  }

  /** Whether a bucket is an hour; the last one ends now, so the first one tells. */
  private static boolean ofHours(JsonNode buckets) {
    JsonNode first = buckets.path(0);
    return first.path("end_time").asLong() - first.path("start_time").asLong()
        < SECONDS_OF_A_DAY / 2;
  }
}
