package dev.flotilla.router.pipeline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Money;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.picture.Graph;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.pipeline.journal.RunBook;
import dev.flotilla.router.store.NoStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Everything below {@code /v1/pipelines} and {@code /v1/runs}. */
public final class PipelinesRoute {
  private static final String PIPELINES = "/v1/pipelines/";
  private static final String RUNS = "/v1/runs/";
  private static final Duration STATISTICS = Duration.ofDays(7);

  private final Shelf shelf;
  private final Runs runs;
  private final RunsRoute route;
  private final RunBook book;

  PipelinesRoute(Shelf shelf, Runs runs, RunsRoute route, RunBook book) {
    this.shelf = shelf;
    this.runs = runs;
    this.route = route;
    this.book = book;
  }

  /** {@code GET /v1/pipelines}. */
  public void list(Visit visit) {
    ObjectNode page = Json.object().put("object", "list");
    ArrayNode data = page.putArray("data");
    shelf.all().forEach(pipeline -> data.add(brief(pipeline)));
    page.set("first_id", data.path(0).path("id"));
    page.set("last_id", data.path(data.size() - 1).path("id"));
    visit.send(200, page.put("has_more", false));
  }

  /** {@code GET /v1/runs}. */
  public void listRuns(Visit visit) {
    route.list(null, visit);
  }

  /** {@code GET /v1/pipelines/…}. */
  public void get(Visit visit) throws IOException {
    List<String> path = below(visit, PIPELINES);
    switch (path.size()) {
      case 1 -> show(path.getFirst(), visit);
      case 2 -> {
        switch (path.get(1)) {
          case "runs" -> route.list(path.getFirst(), visit);
          case "graph.svg" -> graph(path.getFirst(), visit);
          default -> nothing(visit);
        }
      }
      case 3 -> {
        if (path.get(1).equals("runs")) {
          route.show(path.get(2), visit);
        } else {
          nothing(visit);
        }
      }
      case 4 -> {
        if (path.get(1).equals("runs")) {
          of(path.get(2), path.get(3), visit);
        } else {
          nothing(visit);
        }
      }
      default -> nothing(visit);
    }
  }

  /** {@code POST /v1/pipelines/…}. */
  public void post(Visit visit) throws IOException {
    List<String> path = below(visit, PIPELINES);
    if (path.size() == 2 && path.get(1).equals("runs")) {
      route.begin(path.getFirst(), visit);
    } else if (path.size() == 4 && path.get(1).equals("runs")) {
      change(path.get(2), path.get(3), visit);
    } else {
      nothing(visit);
    }
  }

  /** {@code GET /v1/runs/…}. */
  public void getRun(Visit visit) throws IOException {
    List<String> path = below(visit, RUNS);
    if (path.size() == 1) {
      route.show(path.getFirst(), visit);
    } else if (path.size() == 2) {
      of(path.getFirst(), path.get(1), visit);
    } else {
      nothing(visit);
    }
  }

  /** {@code POST /v1/runs/…}. */
  public void postRun(Visit visit) {
    List<String> path = below(visit, RUNS);
    if (path.size() == 2) {
      change(path.getFirst(), path.get(1), visit);
    } else {
      nothing(visit);
    }
  }

  private void of(String run, String what, Visit visit) throws IOException {
    switch (what) {
      case "events" -> route.follow(run, visit);
      case "log" -> route.log(run, visit);
      case "waterfall.svg" -> route.waterfall(run, visit);
      default -> nothing(visit);
    }
  }

  private void change(String run, String how, Visit visit) {
    switch (how) {
      case "cancel" -> route.cancel(run, visit);
      case "retry" -> route.retry(run, visit);
      default -> nothing(visit);
    }
  }

  private void graph(String name, Visit visit) {
    Optional<Pipeline> found = shelf.find(name);
    if (found.isEmpty()) {
      runs.unknown(name).send(visit);
      return;
    }
    visit.send(200, "image/svg+xml", Graph.svg(found.get()).getBytes(StandardCharsets.UTF_8));
  }

  private void show(String name, Visit visit) {
    Optional<Pipeline> found = shelf.find(name);
    if (found.isEmpty()) {
      runs.unknown(name).send(visit);
      return;
    }
    Pipeline pipeline = found.get();
    ObjectNode json = brief(pipeline);
    json.put("definition", pipeline.source());
    ArrayNode steps = json.putArray("steps");
    for (Step step : pipeline.steps()) {
      steps.addObject().put("id", step.id()).put("description", step.description());
    }
    json.set("statistics", statistics(pipeline, visit));
    visit.send(200, json);
  }

  private @Nullable ObjectNode statistics(Pipeline pipeline, Visit visit) {
    try {
      Map<String, Long> counts = book.counts(visit.caller().team(), pipeline.name(), STATISTICS);
      ObjectNode json = Json.object().put("days", STATISTICS.toDays());
      ObjectNode byStatus = json.putObject("runs");
      counts.forEach(byStatus::put);
      return json;
    } catch (NoStore e) {
      // A definition can be read without what became of it.
      return null;
    }
  }

  private static ObjectNode brief(Pipeline pipeline) {
    ObjectNode json = Json.object().put("id", pipeline.name()).put("object", "pipeline");
    json.put("name", pipeline.name()).put("description", pipeline.description());
    json.put("version", pipeline.version());
    json.set("input_schema", pipeline.inputSchema());
    Long most = pipeline.maxCostNanos();
    json.put("max_cost_usd", most == null ? null : Money.usd(most));
    Duration timeout = pipeline.timeout();
    json.put("timeout_ms", timeout == null ? null : timeout.toMillis());
    return json.put("model", ChatOrPipelineRoute.PREFIX + pipeline.name());
  }

  private static List<String> below(Visit visit, String prefix) {
    String path = visit.request().path().path();
    return List.of(path.substring(Math.min(path.length(), prefix.length())).split("/", -1));
  }

  private static void nothing(Visit visit) {
    Refusal.of(
            new ApiError(
                404,
                ApiError.INVALID_REQUEST,
                "unknown_path",
                "There is nothing at this path; /openapi lists what there is.",
                null,
                "router"))
        .send(visit);
  }
}
