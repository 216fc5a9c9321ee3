package dev.flotilla.router.pipeline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Money;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.contracts.telemetry.SpanNames;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.kit.webhook.UnknownTarget;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.picture.Bar;
import dev.flotilla.pipelines.picture.Waterfall;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.pipeline.journal.RunBook;
import dev.flotilla.router.pipeline.journal.RunRow;
import dev.flotilla.router.pipeline.journal.Selection;
import dev.flotilla.router.pipeline.journal.StepRow;
import dev.flotilla.router.webhook.Announcements;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs over HTTP: begun, waited for or not, followed, shown, cancelled and tried again. A team sees
 * its own runs; an administrator all.
 */
public final class RunsRoute {
  private static final Set<String> STATUSES =
      Set.of("queued", "in_progress", "waiting", "completed", "failed", "cancelled", "expired");

  private static final Pattern WAIT = Pattern.compile("(?i)(?:^|[,;\\s])wait=(\\d{1,6})");
  private static final int LONGEST_PAGE = 100;
  private static final int USUAL_PAGE = 20;
  private static final Duration COME_AGAIN = Duration.ofSeconds(2);

  private final Runs runs;
  private final RunBook book;
  private final RunJson json;
  private final RunEvents events;
  private final Function<RunRow, Optional<Pipeline>> snapshots;
  private final Prices prices;
  private final Announcements announcements;
  private final PipelineConfig config;

  /**
   * @param snapshots the definition that a run keeps of its pipeline
   */
  RunsRoute(
      Runs runs,
      RunBook book,
      RunJson json,
      RunEvents events,
      Function<RunRow, Optional<Pipeline>> snapshots,
      Prices prices,
      Announcements announcements,
      PipelineConfig config) {
    this.runs = runs;
    this.book = book;
    this.json = json;
    this.events = events;
    this.snapshots = snapshots;
    this.prices = prices;
    this.announcements = announcements;
    this.config = config;
  }

  /** {@code POST /v1/pipelines/{name}/runs}. */
  void begin(String pipeline, Visit visit) throws IOException {
    switch (OrderReader.read(visit.body())) {
      case OrderReader.Reading.Bad(var why) -> why.send(visit);
      case OrderReader.Reading.Good(var wanted)
          when query(visit, "dry_run", "false").equals("true") ->
          price(pipeline, wanted, visit);
      case OrderReader.Reading.Good(var wanted) -> begin(pipeline, wanted, visit);
    }
  }

  private void begin(String pipeline, OrderReader.Wanted wanted, Visit visit) throws IOException {
    Refusal wrong = wrongTarget(wanted.webhook(), visit);
    if (wrong != null) {
      wrong.send(visit);
      return;
    }

    boolean follows = accepts(visit, "text/event-stream");
    switch (runs.admit(
        new Runs.Order(
            visit.caller(),
            visit.policy(),
            visit.requestId(),
            Tracing.traceparent(visit.span()),
            pipeline,
            wanted.input(),
            wanted.metadata(),
            follows,
            wanted.maxCostNanos(),
            wanted.timeout(),
            visit.header(FleetHeaders.IDEMPOTENCY_KEY).orElse(null),
            wanted.webhook()))) {
      case Runs.Admitted.Not(var why) -> why.send(visit);
      case Runs.Admitted.Run(String id, var definition) -> {
        visit.span().setAttribute(SpanNames.RUN, id);
        visit.setHeader("x-pipeline-id", id);
        visit.setHeader("x-pipeline", definition.name());
        if (follows) {
          try (OutputStream out = visit.beginEvents()) {
            events.stream(id, 0, out);
          }
        } else {
          answer(id, visit);
        }
      }
    }
  }

  /** Null for one that may be told. */
  private @Nullable Refusal wrongTarget(@Nullable String webhook, Visit visit) {
    if (webhook != null) {
      try {
        announcements.require(webhook, visit.caller().team());
      } catch (UnknownTarget e) {
        return Refusal.invalid("unknown_webhook", String.valueOf(e.getMessage()), "/webhook");
      }
    }
    return null;
  }

  /** What it would cost; nothing begins. */
  private void price(String pipeline, OrderReader.Wanted wanted, Visit visit) {
    Optional<Pipeline> found = runs.find(pipeline);
    Refusal wrong =
        found.isEmpty() ? runs.unknown(pipeline) : Runs.wrongInput(found.get(), wanted.input());
    if (wrong != null) {
      wrong.send(visit);
      return;
    }
    visit.setHeader(FleetHeaders.DRY_RUN, "true");
    visit.send(200, prices.of(found.orElseThrow(), wanted.input(), visit.caller().team()));
  }

  /** Now, or when it has ended: as the caller prefers. */
  private void answer(String id, Visit visit) {
    String prefer = String.join(",", visit.headers("prefer")).toLowerCase(Locale.ROOT);
    boolean async = prefer.contains("respond-async") || query(visit, "mode", "").equals("async");
    RunRow run = runs.await(id, async ? Duration.ZERO : patience(prefer, visit));
    if (run.ended()) {
      visit.setHeader(FleetHeaders.COST_USD, Money.plainUsd(run.costNanos()));
      visit.send(status(run), json.whole(run, book.steps(id), shown(visit.caller(), false)));
      return;
    }
    visit.setHeader("location", "/v1/runs/" + id);
    visit.setHeader("retry-after", Long.toString(COME_AGAIN.toSeconds()));
    if (async) {
      visit.setHeader("preference-applied", "respond-async");
    }
    visit.send(202, json.brief(run, shown(visit.caller(), false)));
  }

  private Duration patience(String prefer, Visit visit) {
    Matcher wait = WAIT.matcher(prefer);
    Duration asked =
        wait.find()
            ? Duration.ofSeconds(Long.parseLong(wait.group(1)))
            : visit.clientPatience().orElse(config.longestWait());
    return asked.compareTo(config.longestWait()) < 0 ? asked : config.longestWait();
  }

  /** How a run that has ended is said to whoever waited for it. */
  static int status(RunRow run) {
    int told = RunJson.read(run.error()).path("status").asInt(0);
    return switch (run.status()) {
      case "completed" -> 200;
      case "expired" -> 504;
      case "cancelled" -> 409;
      default -> {
        String code = RunJson.read(run.error()).path("code").asText();
        if (code.equals("max_cost_exceeded")) {
          yield 402;
        }
        yield told >= 400 && told < 600 ? told : 502;
      }
    };
  }

  /** {@code GET /v1/runs} and {@code GET /v1/pipelines/{name}/runs}. */
  void list(@Nullable String pipeline, Visit visit) {
    String status = query(visit, "status", "");
    if (!status.isEmpty() && !STATUSES.contains(status)) {
      Refusal.invalid(
              "invalid_status",
              "status is '"
                  + status
                  + "'; write one of "
                  + STATUSES.stream().sorted().toList()
                  + ".",
              "/status")
          .send(visit);
      return;
    }
    String team = query(visit, "team", "");
    boolean all = visit.caller().has(Role.ADMIN.word());
    if (!team.isEmpty() && !all && !team.equals(visit.caller().team())) {
      Refusal.of(
              new ApiError(
                  403,
                  "permission_error",
                  "team_not_allowed",
                  "This key sees the runs of team '" + visit.caller().team() + "' only.",
                  "team",
                  "router"))
          .send(visit);
      return;
    }
    Instant since;
    int limit;
    try {
      String written = query(visit, "since", "");
      since = written.isEmpty() ? null : Instant.parse(written);
      limit = Integer.parseInt(query(visit, "limit", Integer.toString(USUAL_PAGE)));
    } catch (DateTimeException | NumberFormatException e) {
      Refusal.invalid(
              "invalid_query",
              "since must be a moment such as 2027-01-31T00:00:00Z, and limit a whole number.",
              "/since")
          .send(visit);
      return;
    }
    if (limit < 1 || limit > LONGEST_PAGE) {
      Refusal.invalid("invalid_limit", "limit must be from 1 to " + LONGEST_PAGE + ".", "/limit")
          .send(visit);
      return;
    }
    String after = query(visit, "after", "");
    List<RunRow> found =
        book.list(
            new Selection(
                team.isEmpty() ? (all ? null : visit.caller().team()) : team,
                pipeline,
                status.isEmpty() ? null : status,
                since,
                after.isEmpty() ? null : after,
                limit + 1));
    boolean more = found.size() > limit;
    ObjectNode page = Json.object().put("object", "list");
    ArrayNode data = page.putArray("data");
    found.stream()
        .limit(limit)
        .forEach(run -> data.add(json.brief(run, shown(visit.caller(), false))));
    page.set("first_id", data.path(0).path("id"));
    page.set("last_id", data.path(data.size() - 1).path("id"));
    visit.send(200, page.put("has_more", more));
  }

  /** {@code GET …/runs/{id}}. */
  void show(String id, Visit visit) {
    List<String> include = Arrays.asList(query(visit, "include", "").split(","));
    if (include.contains("prompts")) {
      Refusal.invalid(
              "prompts_not_kept",
              "Prompts are not kept, only their hashes; leave 'prompts' out of include.",
              "/include")
          .send(visit);
      return;
    }
    boolean outputs = include.contains("outputs");
    if (outputs && !maySeeContents(visit.caller())) {
      Refusal.of(
              new ApiError(
                  403,
                  "permission_error",
                  "role_required",
                  "Outputs of steps need a key with the role caller or admin.",
                  "include",
                  "router"))
          .send(visit);
      return;
    }
    find(id, visit)
        .ifPresent(
            run -> {
              visit.setHeader("x-pipeline", run.pipeline());
              visit.send(
                  200, json.whole(run, book.steps(run.id()), shown(visit.caller(), outputs)));
            });
  }

  /** {@code GET …/runs/{id}/events}. */
  void follow(String id, Visit visit) throws IOException {
    Optional<RunRow> run = find(id, visit);
    if (run.isEmpty()) {
      return;
    }
    long after;
    try {
      after =
          Long.parseLong(
              visit.header("last-event-id").orElseGet(() -> query(visit, "after", "0")).strip());
    } catch (NumberFormatException e) {
      Refusal.invalid(
              "invalid_last_event_id", "Last-Event-ID must be the id of an event.", "/after")
          .send(visit);
      return;
    }
    try (OutputStream out = visit.beginEvents()) {
      events.stream(run.get().id(), after, out);
    }
  }

  /** {@code GET …/runs/{id}/log}. */
  void log(String id, Visit visit) {
    find(id, visit)
        .ifPresent(
            run -> {
              var lines = new StringBuilder();
              for (StepRow step : book.steps(run.id())) {
                lines
                    .append(
                        new String(Json.plainBytes(json.line(run, step)), StandardCharsets.UTF_8))
                    .append('\n');
              }
              visit.send(
                  200, "application/jsonl", lines.toString().getBytes(StandardCharsets.UTF_8));
            });
  }

  /** {@code GET …/runs/{id}/waterfall.svg}. */
  void waterfall(String id, Visit visit) {
    find(id, visit)
        .ifPresent(
            run -> {
              List<Bar> bars = book.steps(run.id()).stream().map(RunJson::bar).toList();
              String svg = Waterfall.svg(run.id(), bars, Instant.now());
              visit.send(200, "image/svg+xml", svg.getBytes(StandardCharsets.UTF_8));
            });
  }

  /** {@code POST …/runs/{id}/cancel}. */
  void cancel(String id, Visit visit) {
    find(id, visit)
        .ifPresent(
            run -> {
              runs.cancel(run.id());
              // Whoever cancels something that has ended gets it as it ended.
              RunRow now = book.find(null, run.id()).orElse(run);
              visit.send(now.ended() ? 200 : 202, json.brief(now, shown(visit.caller(), false)));
            });
  }

  /** {@code POST …/runs/{id}/retry?from=}. */
  void retry(String id, Visit visit) {
    Optional<RunRow> run = find(id, visit);
    if (run.isEmpty()) {
      return;
    }
    Optional<Pipeline> pipeline = snapshots.apply(run.get());
    if (pipeline.isEmpty()) {
      throw new IllegalStateException("a run without its pipeline: " + run.get().id());
    }
    String from = query(visit, "from", "");
    Refusal why = runs.retry(run.get(), pipeline.get(), from.isEmpty() ? null : from);
    if (why != null) {
      why.send(visit);
      return;
    }
    visit.setHeader("location", "/v1/runs/" + run.get().id());
    RunRow now = book.find(null, run.get().id()).orElse(run.get());
    visit.send(202, json.brief(now, shown(visit.caller(), false)));
  }

  /** The run, if this caller may see it; otherwise it has been told that there is none. */
  Optional<RunRow> find(String id, Visit visit) {
    boolean all = visit.caller().has(Role.ADMIN.word());
    Optional<RunRow> run = book.find(all ? null : visit.caller().team(), id);
    if (run.isEmpty()) {
      Refusal.notFound(
              "run_not_found",
              "This team has no run with that id; GET /v1/runs lists those it has.")
          .send(visit);
    }
    return run;
  }

  private static boolean maySeeContents(Caller caller) {
    return caller.has(Role.CALLER.word()) || caller.has(Role.ADMIN.word());
  }

  private static RunJson.Shown shown(Caller caller, boolean outputs) {
    return new RunJson.Shown(maySeeContents(caller), outputs);
  }

  static String query(Visit visit, String name, String otherwise) {
    return visit.request().query().contains(name) ? visit.request().query().get(name) : otherwise;
  }

  private static boolean accepts(Visit visit, String type) {
    return visit.header("accept").map(value -> value.contains(type)).orElse(false);
  }
}
