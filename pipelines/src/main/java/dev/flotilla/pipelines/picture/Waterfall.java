package dev.flotilla.pipelines.picture;

import dev.flotilla.catalog.Money;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A run as a picture: what was done when, how long it took and what it cost. */
public final class Waterfall {
  private static final int MARGIN = 16;
  private static final int LABELS = 220;
  private static final int TIMELINE = 520;
  private static final int NOTES = 230;
  private static final int ROW = 22;
  private static final int AXIS = 26;
  private static final int TICKS = 5;

  /** More attempts than these are no picture any more; the log has them all. */
  private static final int MOST_ROWS = 500;

  private Waterfall() {}

  /**
   * As SVG.
   *
   * @param run what the run is called
   * @param bars in the order in which they are shown
   * @param now until when what has not ended is drawn
   */
  public static String svg(String run, List<Bar> bars, Instant now) {
    List<Bar> shown = bars.subList(0, Math.min(MOST_ROWS, bars.size()));
    Instant from =
        shown.stream()
            .map(Bar::startedAt)
            .filter(Objects::nonNull)
            .min(Instant::compareTo)
            .orElse(now);
    Duration length =
        shown.stream()
            .map(bar -> end(bar, from, now))
            .map(end -> Duration.between(from, end))
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    double perMillisecond = TIMELINE / (double) Math.max(1, length.toMillis());
    int rows = shown.size() + (shown.size() < bars.size() ? 1 : 0);
    int heading = Svg.LINE + 8;
    var svg =
        new Svg(
            LABELS + TIMELINE + NOTES + 2 * MARGIN,
            heading + AXIS + ROW * rows + 2 * MARGIN,
            "Run " + run,
            description(shown, length));
    svg.text("name", MARGIN, MARGIN + Svg.LINE - 4, "Run " + run);
    int top = MARGIN + heading;
    axis(svg, top, length, ROW * shown.size());
    for (int i = 0; i < shown.size(); i++) {
      row(svg, shown.get(i), top + AXIS + ROW * i, from, now, perMillisecond);
    }
    if (shown.size() < bars.size()) {
      svg.text(
          "note",
          MARGIN,
          top + AXIS + ROW * shown.size() + 15,
          "… and " + (bars.size() - shown.size()) + " more");
    }
    return svg.end();
  }

  private static void axis(Svg svg, int y, Duration length, int height) {
    for (int i = 0; i < TICKS; i++) {
      double x = MARGIN + LABELS + TIMELINE * i / (double) TICKS;
      svg.line(x, y + 14, x, y + AXIS + height);
      svg.text("note", x + 3, y + 12, words(length.multipliedBy(i).dividedBy(TICKS)));
    }
  }

  private static void row(
      Svg svg, Bar bar, int y, Instant from, Instant now, double perMillisecond) {
    String label =
        bar.step()
            + (bar.item() == null ? "" : " [" + bar.item() + "]")
            + (bar.attempt() > 1 ? ", attempt " + bar.attempt() : "");
    svg.text("name", MARGIN, y + 15, Svg.shortened(label, LABELS / Svg.CHARACTER));
    Instant started = bar.startedAt();
    Duration took = Duration.ZERO;
    if (started != null) {
      took = Duration.between(started, end(bar, from, now));
      double x = MARGIN + LABELS + Duration.between(from, started).toMillis() * perMillisecond;
      svg.box(kind(bar.status()), x, y + 4, Math.max(2, took.toMillis() * perMillisecond), ROW - 8);
    }
    svg.textBefore(
        "note",
        MARGIN + LABELS + TIMELINE + NOTES,
        y + 15,
        notes(bar, started == null ? null : took));
  }

  private static Instant end(Bar bar, Instant from, Instant now) {
    Instant started = bar.startedAt();
    if (started == null) {
      return from;
    }
    Duration duration = bar.duration();
    Instant end = duration == null ? now : started.plus(duration);
    return end.isBefore(started) ? started : end;
  }

  private static String kind(String status) {
    return switch (status) {
      case "completed" -> "completed";
      case "failed" -> "failed";
      case "waiting" -> "waiting";
      default -> "other";
    };
  }

  private static String notes(Bar bar, @Nullable Duration took) {
    Long cost = bar.costNanos();
    return (bar.status().equals("completed") ? "" : bar.status() + "  ")
        + (took == null ? "" : words(took))
        + (cost == null || cost == 0 ? "" : "  $" + Money.plainUsd(cost));
  }

  private static String words(Duration time) {
    if (time.compareTo(Duration.ofSeconds(1)) < 0) {
      return time.toMillis() + " ms";
    }
    if (time.compareTo(Duration.ofMinutes(2)) < 0) {
      return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }
    return time.toHours() > 0
        ? String.format(Locale.ROOT, "%d h %02d min", time.toHours(), time.toMinutesPart())
        : String.format(Locale.ROOT, "%d min %02d s", time.toMinutes(), time.toSecondsPart());
  }

  private static String description(List<Bar> bars, Duration length) {
    var text = new StringBuilder("It took " + words(length) + ".");
    for (Bar bar : bars) {
      text.append(' ')
          .append(bar.step())
          .append(bar.item() == null ? "" : " for " + bar.item())
          .append(bar.attempt() > 1 ? ", attempt " + bar.attempt() : "")
          .append(": ")
          .append(bar.status())
          .append(bar.duration() == null ? "" : " in " + words(bar.duration()))
          .append('.');
    }
    return text.toString();
  }
}
