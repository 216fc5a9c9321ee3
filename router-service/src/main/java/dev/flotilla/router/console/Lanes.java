package dev.flotilla.router.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run as a waterfall: a lane for each step, and in it what was tried, one after the other. Places
 * are shares of the run's time, in percent.
 *
 * @param ticks moments of the run under which its lanes lie
 */
record Lanes(List<Lane> lanes, List<Tick> ticks) {
  /** Narrower is not seen. */
  private static final double LEAST_WIDTH = 0.4;

  private static final int TICKS = 4;

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
    var lanes = new ArrayList<Lane>();
    for (JsonNode step : run.path("steps")) {
      lanes.add(lane(step, from, millis, now));
    }
    var ticks = new ArrayList<Tick>();
    for (int i = 0; i <= TICKS; i++) {
      ticks.add(new Tick(100.0 * i / TICKS, Words.millis(BigDecimal.valueOf(millis * i / TICKS))));
    }
    return new Lanes(lanes, ticks);
  }

  private static Lane lane(JsonNode step, Instant from, double millis, Instant now) {
    Instant began = moment(step, "started_at", from);
    double start = Math.max(0, Duration.between(from, began).toMillis()) / millis * 100;
    double whole =
        (step.path("duration_ms").isNumber()
                ? step.path("duration_ms").asDouble()
                : Math.max(0, Duration.between(began, now).toMillis()))
            / millis
            * 100;
    String status = step.path("status").asText();
    var parts = new ArrayList<Part>();
    double at = start;
    int failed = 0;
    String because = "";
    for (JsonNode attempt : step.path("attempts")) {
      for (JsonNode call : attempt.path("calls")) {
        double width = call.path("duration_ms").asDouble() / millis * 100;
        String outcome = call.path("outcome").asText();
        boolean ok = outcome.equals("ok");
        if (!ok) {
          failed++;
          because = call.path("model").asText() + " " + outcome;
        }
        parts.add(
            part(
                at,
                width,
                ok ? "completed" : "failed",
                call.path("model").asText()
                    + " · "
                    + outcome
                    + " · "
                    + Words.millis(BigDecimal.valueOf(call.path("duration_ms").asDouble()))));
        at += width;
      }
    }
    if (parts.isEmpty() || status.equals("in_progress") || status.equals("waiting")) {
      double width = Math.max(0, start + whole - at);
      parts.add(part(at, width, status, step.path("id").asText() + " · " + status));
    }
    Map<String, Object> facts = new LinkedHashMap<>();
    if (Facts.of(step) instanceof Map<?, ?> map) {
      map.forEach((name, value) -> put(facts, name, value));
    }
    return new Lane(
        step.path("id").asText(),
        step.path("item").isTextual() ? step.path("item").asText() : null,
        status,
        parts,
        facts,
        step.path("model_used").asText(""),
        failed,
        because,
        Texts.of(step.path("output")));
  }

  private static void put(Map<String, Object> facts, Object name, @Nullable Object value) {
    if (value != null) {
      facts.put(String.valueOf(name), value);
    }
  }

  private static Part part(double x, double width, String kind, String title) {
    double from = Math.min(100 - LEAST_WIDTH, Math.max(0, x));
    return new Part(
        round(from), round(Math.min(100 - from, Math.max(LEAST_WIDTH, width))), kind, title);
  }

  private static double round(double share) {
    return Math.round(share * 100) / 100.0;
  }

  private static Instant moment(JsonNode json, String field, Instant otherwise) {
    return json.path(field).isTextual() ? Instant.parse(json.path(field).asText()) : otherwise;
  }
}
