package dev.flotilla.router.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Money;
import dev.flotilla.catalog.Usage;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.pipelines.picture.Bar;
import dev.flotilla.router.pipeline.journal.AttemptState;
import dev.flotilla.router.pipeline.journal.RunEvent;
import dev.flotilla.router.pipeline.journal.RunRow;
import dev.flotilla.router.pipeline.journal.StepRow;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs in the shape the API shows. */
final class RunJson {
  private static final int TRACE_ID_FROM = 3;
  private static final int TRACE_ID_TO = 35;

  private final @Nullable Model baseline;

  /**
   * @param baseline beside whose prices savings are reckoned; null when nobody said so
   */
  RunJson(@Nullable Model baseline) {
    this.baseline = baseline;
  }

  /**
   * What a caller sees of a run.
   *
   * @param contents whether input and output are shown
   * @param outputs whether those of steps are
   */
  record Shown(boolean contents, boolean outputs) {}

  /** A run without its steps, as lists show it. */
  ObjectNode brief(RunRow run, Shown shown) {
    ObjectNode json = Json.object();
    json.put("id", run.id()).put("object", "pipeline.run");
    json.put("pipeline", run.pipeline()).put("version", run.version());
    json.put("status", status(run));
    json.put("waiting_for", run.waitingFor());
    json.put("created_at", run.createdAt().toString());
    json.put("started_at", text(run.startedAt())).put("ended_at", text(run.endedAt()));
    Instant end = run.endedAt() == null ? Instant.now() : run.endedAt();
    json.put("duration_ms", Duration.between(run.createdAt(), end).toMillis());
    json.put("trace_id", traceId(run));
    json.put("request_id", run.requestId()).put("team", run.team());
    json.set("input", shown.contents() ? read(run.input()) : NullNode.getInstance());
    json.set("output", shown.contents() ? read(run.output()) : NullNode.getInstance());
    json.set("error", read(run.error()));
    json.set("metadata", read(run.metadata()));
    Long most = run.maxCostNanos();
    json.put("max_cost_usd", most == null ? null : Money.usd(most));
    ObjectNode usage = json.putObject("usage");
    usage.put("prompt_tokens", run.promptTokens());
    usage.put("completion_tokens", run.completionTokens());
    usage.put("total_tokens", run.promptTokens() + run.completionTokens());
    usage.put("cost", Money.usd(run.costNanos()));
    usage.put("cost_complete", run.unpriced() == 0);
    return json;
  }

  /** A run with its steps. */
  ObjectNode whole(RunRow run, List<StepRow> tries, Shown shown) {
    ObjectNode json = brief(run, shown);
    savings(run, tries, json);
    ArrayNode steps = json.putArray("steps");
    int index = 0;
    for (List<StepRow> step : byKey(tries).values()) {
      steps.add(step(step, index++, shown));
    }
    return json;
  }

  private static Map<String, List<StepRow>> byKey(List<StepRow> tries) {
    var byKey = new LinkedHashMap<String, List<StepRow>>();
    tries.forEach(one -> byKey.computeIfAbsent(one.key(), key -> new ArrayList<>()).add(one));
    return byKey;
  }

  private static ObjectNode step(List<StepRow> tries, int index, Shown shown) {
    StepRow last = tries.getLast();
    ObjectNode json = Json.object();
    json.put("id", last.step()).put("index", index).put("key", last.key());
    json.put("item", item(last.key())).put("kind", last.kind());
    json.put("status", status(last));
    json.put("task_type", last.taskType()).put("model_used", last.model());
    json.put("cache", last.cache()).put("fallback_count", last.fallbackCount());
    json.put("prompt_hash", last.promptHash()).put("request_id", last.requestId());
    ArrayNode attempts = json.putArray("attempts");
    long cost = 0;
    for (StepRow one : tries) {
      attempts.add(attempt(one));
      cost = Math.addExact(cost, one.costNanos());
    }
    json.put("started_at", tries.getFirst().startedAt().toString());
    Instant end = last.endedAt();
    json.put("ended_at", text(end));
    json.put(
        "duration_ms",
        end == null ? null : Duration.between(tries.getFirst().startedAt(), end).toMillis());
    ObjectNode usage = json.putObject("usage");
    usage.put("prompt_tokens", last.promptTokens());
    usage.put("completion_tokens", last.completionTokens());
    usage.put("cached_tokens", last.cachedTokens());
    usage.put("reasoning_tokens", last.reasoningTokens());
    usage.put("cost", Money.usd(cost));
    if (shown.outputs()) {
      json.set("output", read(last.output()));
    }
    json.set("error", read(last.error()));
    return json;
  }

  private static ObjectNode attempt(StepRow one) {
    ObjectNode json = Json.object();
    json.put("number", one.number()).put("status", status(one));
    json.put("model_used", one.model()).put("cost", Money.usd(one.costNanos()));
    json.set("error", read(one.error()));
    ArrayNode calls = json.putArray("calls");
    for (StepRow.Call call : one.calls()) {
      Long nanos = call.costNanos();
      calls
          .addObject()
          .put("attempt_id", call.attemptId())
          .put("model", call.model())
          .put("outcome", call.outcome())
          .put("status", call.status())
          .put("duration_ms", call.ms())
          .put("cost", nanos == null ? null : Money.usd(nanos));
    }
    return json;
  }

  /** One line of a run's log: a try of a step. */
  ObjectNode line(RunRow run, StepRow one) {
    ObjectNode json = Json.object();
    json.put("at", one.startedAt().toString()).put("run_id", run.id());
    json.put("pipeline", run.pipeline()).put("step", one.step()).put("key", one.key());
    json.put("kind", one.kind()).put("attempt", one.number()).put("status", status(one));
    json.put("task_type", one.taskType()).put("model_used", one.model());
    json.put("prompt_hash", one.promptHash()).put("request_id", one.requestId());
    json.put("input_tokens", one.promptTokens()).put("output_tokens", one.completionTokens());
    json.put("cached_tokens", one.cachedTokens());
    json.put("reasoning_tokens", one.reasoningTokens());
    json.put("cost_usd", Money.usd(one.costNanos())).put("calls", one.calls().size());
    json.put("cache", one.cache());
    Instant end = one.endedAt();
    json.put("duration_ms", end == null ? null : Duration.between(one.startedAt(), end).toMillis());
    json.set("error", read(one.error()));
    return json;
  }

  /** A try as a picture shows it. */
  static Bar bar(StepRow one) {
    Instant end = one.endedAt();
    return new Bar(
        one.step(),
        item(one.key()),
        one.number(),
        one.startedAt(),
        end == null ? null : Duration.between(one.startedAt(), end),
        status(one),
        one.calls().isEmpty() ? null : one.costNanos());
  }

  /** What happened, as those who watch are told. */
  static ObjectNode event(String run, RunEvent event) {
    ObjectNode json = Json.object().put("type", event.type()).put("run_id", run);
    json.put("sequence_number", event.number()).put("at", event.at().toString());
    if (read(event.data()) instanceof ObjectNode data) {
      json.setAll(data);
    }
    return json;
  }

  /** What the same tokens would have cost on the baseline, beside what was paid. */
  private void savings(RunRow run, List<StepRow> tries, ObjectNode json) {
    Model model = baseline;
    if (model == null) {
      json.putNull("savings");
      return;
    }
    long instead = 0;
    for (StepRow one : tries) {
      if (one.state() == AttemptState.DONE && one.promptTokens() != null) {
        long prompt = zero(one.promptTokens());
        long cached = Math.min(prompt, zero(one.cachedTokens()));
        long completion = zero(one.completionTokens());
        long reasoning = Math.min(completion, zero(one.reasoningTokens()));
        instead =
            Math.addExact(
                instead,
                model
                    .priceAt(one.startedAt())
                    .nanos(
                        new Usage(
                            prompt - cached, cached, 0, 0, completion - reasoning, reasoning)));
      }
    }
    ObjectNode savings = json.putObject("savings");
    savings.put("baseline_model", model.id()).put("baseline_cost", Money.usd(instead));
    savings.put("saved", Money.usd(Math.subtractExact(instead, run.costNanos())));
    savings.put(
        "saved_ratio",
        instead == 0
            ? null
            : BigDecimal.valueOf(instead - run.costNanos())
                .divide(BigDecimal.valueOf(instead), new MathContext(4)));
  }

  private static long zero(@Nullable Long number) {
    return number == null ? 0 : number;
  }

  static String status(RunRow run) {
    return run.status().equals("cancelling") ? "in_progress" : run.status();
  }

  private static String status(StepRow step) {
    return switch (step.state()) {
      case STARTED -> "in_progress";
      case DONE -> "completed";
      case FAILED -> "failed";
      case UNKNOWN -> "unknown";
      case SKIPPED -> "skipped";
      case WAITING, PARKED -> "waiting";
      case SUPERSEDED -> "superseded";
    };
  }

  private static String traceId(RunRow run) {
    return run.traceparent().length() >= TRACE_ID_TO
        ? run.traceparent().substring(TRACE_ID_FROM, TRACE_ID_TO)
        : "";
  }

  /** Which item of a list a step's key is about; null when it is about none. */
  private static @Nullable String item(String key) {
    int open = key.lastIndexOf('[');
    return open >= 0 && key.endsWith("]") ? key.substring(open + 1, key.length() - 1) : null;
  }

  private static @Nullable String text(@Nullable Instant at) {
    return at == null ? null : at.toString();
  }

  static JsonNode read(@Nullable String json) {
    try {
      return json == null ? NullNode.getInstance() : Json.parse(json);
    } catch (NotJson e) {
      throw new IllegalStateException("JSON that this router did not write", e);
    }
  }
}
