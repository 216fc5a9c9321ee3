package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run as a waterfall: a lane for each step, and in it what was tried, one after the other. Places
 * are shares of the run's time, in percent.
 *
 * @param ticks moments of the run under which its lanes lie
 * @param shortened whether waits for people are drawn shorter than they were
 */
record Lanes(List<Lane> lanes, List<Tick> ticks, boolean shortened) {
  /** Narrower is not seen. */
  private static final double LEAST_WIDTH = 0.8;

  private static final int TICKS = 4;

  /** The kind of a step that asks a person. */
  private static final String PEOPLE = "human";

  /**
   * One step, or one item of a step that is done for each of a list.
   *
   * @param item which of the list; null for a step that is done once
   * @param facts of the step, as the API has them
   * @param model who gave the answer; empty when none was asked
   * @param failed how many calls did not give the answer
   * @param because how the last of them ended; empty when none failed
   * @param texts what the step gave back, as far as the visitor may see it
   */
  record Lane(
      String step,
      @Nullable String item,
      String status,
      List<Part> parts,
      Map<String, Object> facts,
      String model,
      int failed,
      String because,
      List<Texts.Text> texts) {}

  /**
   * A part of a lane.
   *
   * @param kind {@code completed failed in_progress waiting skipped superseded}
   * @param title for whoever points at it
   */
  record Part(double x, double width, String kind, String title) {}

  record Tick(double x, String label) {}

  /**
   * @param run as the API tells it
   * @param now until when what has not ended is drawn
   */
  static Lanes of(JsonNode run, Instant now) {
    Instant from = moment(run, "created_at", now);
    Instant to = moment(run, "ended_at", now);
    double millis = Math.max(1, Duration.between(from, to).toMillis());
    var waits = new ArrayList<Scale.Wait>();
    for (JsonNode step : run.path("steps")) {
      if (step.path("kind").asText().equals(PEOPLE)) {
        Stretch stretch = stretch(step, from, now);
        waits.add(new Scale.Wait(stretch.from(), Math.min(millis, stretch.to())));
      }
    }
    var scale = new Scale(millis, waits);
    var lanes = new ArrayList<Lane>();
    for (JsonNode step : run.path("steps")) {
      lanes.add(lane(step, stretch(step, from, now), scale));
    }
    var ticks = new ArrayList<Tick>();
    for (int i = 0; i <= TICKS; i++) {
      double place = 100.0 * i / TICKS;
      ticks.add(new Tick(place, Words.millis(BigDecimal.valueOf(scale.moment(place)))));
    }
    return new Lanes(lanes, ticks, scale.shortens());
  }

  /** When something was done, in milliseconds from the run's begin. */
  private record Stretch(double from, double to) {}

  private static Stretch stretch(JsonNode step, Instant from, Instant now) {
    Instant began = moment(step, "started_at", from);
    double start = Math.max(0, Duration.between(from, began).toMillis());
    double took =
        step.path("duration_ms").isNumber()
            ? step.path("duration_ms").asDouble()
            : Math.max(0, Duration.between(began, now).toMillis());
    return new Stretch(start, start + took);
  }

  private static Lane lane(JsonNode step, Stretch stretch, Scale scale) {
    String status = step.path("status").asText();
    var parts = new ArrayList<Part>();
    double at = stretch.from();
    int failed = 0;
    String because = "";
    for (JsonNode attempt : step.path("attempts")) {
      for (JsonNode call : attempt.path("calls")) {
        double millis = call.path("duration_ms").asDouble();
        String outcome = call.path("outcome").asText();
        boolean ok = outcome.equals("ok");
        if (!ok) {
          failed++;
          because = call.path("model").asText() + " " + outcome;
        }
        parts.add(
            part(
                scale.place(at),
                scale.place(at + millis),
                ok ? "completed" : "failed",
                call.path("model").asText()
                    + " · "
                    + outcome
                    + " · "
                    + Words.millis(BigDecimal.valueOf(millis))));
        at += millis;
      }
    }
    if (parts.isEmpty() || status.equals("in_progress") || status.equals("waiting")) {
      parts.add(
          part(
              scale.place(at),
              scale.place(Math.max(at, stretch.to())),
              status,
              step.path("id").asText() + " · " + status));
    }
    return new Lane(
        step.path("id").asText(),
        step.path("item").isTextual() ? step.path("item").asText() : null,
        status,
        parts,
        Facts.members(step),
        step.path("model_used").asText(""),
        failed,
        because,
        Texts.of(step.path("output")));
  }

  private static Part part(double from, double to, String kind, String title) {
    double x = Math.min(100 - LEAST_WIDTH, Math.max(0, from));
    double width = Math.min(100 - x, Math.max(LEAST_WIDTH, to - from));
    return new Part(round(x), round(width), kind, title);
  }

  private static double round(double share) {
    return Math.round(share * 100) / 100.0;
  }

  private static Instant moment(JsonNode json, String field, Instant otherwise) {
    return json.path(field).isTextual() ? Instant.parse(json.path(field).asText()) : otherwise;
  }
}
