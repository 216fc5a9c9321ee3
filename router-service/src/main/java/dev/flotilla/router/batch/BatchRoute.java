package dev.flotilla.router.batch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.kit.webhook.UnknownTarget;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.idempotency.Idempotency;
import dev.flotilla.router.pipeline.journal.RunCaller;
import dev.flotilla.router.store.NoStore;
import dev.flotilla.router.store.Store;
import dev.flotilla.router.webhook.Announcements;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Batches through the door: hand in, look, read results, watch, cancel. Thread-safe. */
public final class BatchRoute {
  private static final System.Logger LOG = System.getLogger(BatchRoute.class.getName());
  private static final String BELOW = "/v1/batches/";
  private static final Set<String> STATUSES =
      Set.of(
          "in_progress", "finalizing", "cancelling", "completed", "failed", "expired", "cancelled");
  private static final int LONGEST_PAGE = 100;
  private static final int MOST_TO_WAIT_FOR = 100;
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

  /** Other processes work on a batch, too, and their bells are not heard here. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** So that a thousand items are not a thousand looks of each watcher. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);
  private static final int AT_ONCE = 200;

  private final BatchStore store;
  private final Bell bell;
  private final BatchReader reader;
  private final Function<String, Optional<ApiError>> unknownPipeline;
  private final Announcements announcements;

  /**
   * @param unknownPipeline what to say about a pipeline's name that is none
   */
  BatchRoute(
      BatchStore store,
      Bell bell,
      BatchConfig config,
      Function<String, Optional<ApiError>> unknownPipeline,
      Announcements announcements) {
    this.store = store;
    this.bell = bell;
    this.reader = new BatchReader(config);
    this.unknownPipeline = unknownPipeline;
    this.announcements = announcements;
  }

  /**
   * @param store keeps them
   * @param maxBytes longest body in bytes
   */
  public List<Door> doors(Store store, Idempotency idempotency, int maxBytes) {
    return List.of(
        new Door(
            "POST",
            "/v1/batches",
            Role.ASKERS,
            maxBytes,
            "Takes in many requests at once; each is answered when there is room for it.",
            idempotency.once(store.guarding(this::create))),
        new Door(
            "GET",
            "/v1/batches",
            Role.READERS,
            0,
            "Lists batches of the caller's team, newest first.",
            store.guarding(this::list)),
        new Door(
            "GET",
            "/v1/batches/*",
            Role.READERS,
            0,
            "Shows a batch, and below it its results as JSON lines and its events as they happen.",
            store.guarding(this::look)),
        new Door(
            "POST",
            "/v1/batches/*",
            Role.ASKERS,
            0,
            "Cancels a batch: …/cancel. What was begun is finished.",
            store.guarding(this::change)));
  }

  /** {@code POST /v1/batches}. */
  public void create(Visit visit) {
    NewBatch batch;
    try {
      batch = reader.read(visit.body());
      if (batch.endpoint() instanceof Endpoint.Runs(String pipeline)) {
        Optional<ApiError> unknown = unknownPipeline.apply(pipeline);
        if (unknown.isPresent()) {
          throw new BadBatch(unknown.get());
        }
      }
      if (batch.webhook() != null) {
        announcements.require(batch.webhook(), visit.caller().team());
      }
    } catch (BadBatch e) {
      visit.send(e.error());
      return;
    } catch (UnknownTarget e) {
      visit.send(ApiError.invalid("unknown_webhook", String.valueOf(e.getMessage()), "webhook"));
      return;
    }
    String id = "batch_" + UlidCreator.getMonotonicUlid();
    ObjectNode begun =
        store.begin(
            id,
            batch,
            new RunCaller(visit.caller(), visit.policy()),
            visit.requestId(),
            Tracing.traceparent(visit.span()));
    bell.ring();
    visit.setHeader("location", BELOW + id);
    Optional<Duration> wait =
        Prefer.waiting(visit.headers("prefer"))
            .filter(asked -> batch.items().size() <= MOST_TO_WAIT_FOR);
    if (wait.isEmpty()) {
      visit.setHeader("retry-after", "1");
      visit.send(202, begun);
      return;
    }
    visit.setHeader("preference-applied", "wait");
    ObjectNode now = awaitEnd(visit.caller().team(), id, begun, wait.get());
    if (!hasEnded(now)) {
      visit.setHeader("retry-after", "1");
      visit.send(202, now);
      return;
    }
    ArrayNode results = now.putArray("results");
    store.results(id, -1, MOST_TO_WAIT_FOR).forEach(result -> results.add(result.json()));
    visit.send(200, now);
  }

  private ObjectNode awaitEnd(String team, String id, ObjectNode begun, Duration asked) {
    Duration most = asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
    long end = System.nanoTime() + most.toNanos();
    ObjectNode now = begun;
    try {
      while (!hasEnded(now) && end - System.nanoTime() > 0) {
        long heard = bell.rings();
        try {
          now = store.find(team, id).orElse(now);
        } catch (NoStore e) {
          LOG.log(Level.DEBUG, "{0} is looked at later: {1}", id, e.getMessage());
        }
        if (!hasEnded(now)) {
          Duration left = Duration.ofNanos(Math.max(0, end - System.nanoTime()));
          bell.await(heard, left.compareTo(LOOK) < 0 ? left : LOOK);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return now;
  }

  /** {@code GET /v1/batches}. */
  public void list(Visit visit) {
    String status = visit.request().query().first("status").orElse(null);
    String limit = visit.request().query().first("limit").orElse("20");
    String after = visit.request().query().first("after").orElse(null);
    if (status != null && !STATUSES.contains(status)) {
      visit.send(
          ApiError.invalid(
              "invalid_status",
              "'status' must be one of " + STATUSES.stream().sorted().toList() + ".",
              "status"));
    } else if (!limit.matches("[1-9][0-9]?|100")) {
      visit.send(
          ApiError.invalid(
              "invalid_limit",
              "'limit' must be a whole number from 1 to " + LONGEST_PAGE + ".",
              "limit"));
    } else {
      visit.send(200, store.list(visit.caller().team(), status, after, Integer.parseInt(limit)));
    }
  }

  /** {@code GET /v1/batches/{id}}, {@code …/results} and {@code …/events}. */
  public void look(Visit visit) throws IOException {
    String[] parts = below(visit);
    ObjectNode batch = store.find(visit.caller().team(), parts[0]).orElse(null);
    String what = parts.length == 2 ? parts[1] : "";
    if (batch == null || parts.length > 2 || !Set.of("", "results", "events").contains(what)) {
      visit.send(unknown());
    } else if (what.equals("events")) {
      watch(visit, parts[0], batch);
    } else if (what.isEmpty()) {
      visit.send(200, batch);
    } else if (!visit.caller().has(Role.CALLER.word())) {
      visit.send(
          new ApiError(
              403,
              "permission_error",
              "role_required",
              "Answers are shown to keys with the role caller; this key sees counts and costs only.",
              null,
              "router"));
    } else {
      results(visit, parts[0]);
    }
  }

  /** {@code POST /v1/batches/{id}/cancel}. */
  public void change(Visit visit) {
    String[] parts = below(visit);
    Optional<ObjectNode> cancelled =
        parts.length == 2 && parts[1].equals("cancel")
            ? store.cancel(visit.caller().team(), parts[0])
            : Optional.empty();
    bell.ring();
    if (cancelled.isPresent()) {
      visit.send(200, cancelled.get());
    } else {
      visit.send(unknown());
    }
  }

  private static String[] below(Visit visit) {
    String path = visit.request().path().path();
    return path.substring(Math.min(path.length(), BELOW.length())).split("/", -1);
  }

  private void results(Visit visit, String id) throws IOException {
    List<BatchStore.Result> page = store.results(id, -1, AT_ONCE);
    // Not closed when it broke: what is not whole must not look so.
    OutputStream out = visit.beginBody(200, "application/jsonl; charset=utf-8");
    while (!page.isEmpty()) {
      for (BatchStore.Result result : page) {
        out.write(Json.plainBytes(result.json()));
        out.write('\n');
      }
      out.flush();
      page = store.results(id, page.getLast().number(), AT_ONCE);
    }
    out.close();
  }

  private void watch(Visit visit, String id, ObjectNode first) throws IOException {
    Long after = after(visit);
    if (after == null) {
      visit.send(
          ApiError.invalid(
              "invalid_last_event_id",
              "'last-event-id' must be the id of an event of this batch: a whole number.",
              "last-event-id"));
      return;
    }
    OutputStream out = visit.beginEvents();
    long seen = after;
    ObjectNode batch = first;
    long saidAt = System.nanoTime();
    try {
      while (true) {
        long heard = bell.rings();
        long before = seen;
        try {
          // The batch before its events: what has ended by then is among them.
          ObjectNode now = store.find(visit.caller().team(), id).orElse(batch);
          seen = tell(out, id, seen);
          batch = now;
        } catch (NoStore e) {
          LOG.log(Level.DEBUG, "watchers of {0} hear more later: {1}", id, e.getMessage());
        }
        if (hasEnded(batch)) {
          write(out, seen + 1, "batch." + batch.path("status").asText(), batch);
          out.close();
          return;
        }
        if (seen > before || saidAt - System.nanoTime() + KEEP_ALIVE.toNanos() < 0) {
          write(out, seen, "batch.progress", batch);
          saidAt = System.nanoTime();
        }
        Thread.sleep(BETWEEN_LOOKS);
        bell.await(heard, LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Tells what happened since; says what was told last. */
  private long tell(OutputStream out, String id, long seen) throws IOException {
    long last = seen;
    List<ObjectNode> events = store.events(id, last, AT_ONCE);
    while (!events.isEmpty()) {
      for (ObjectNode event : events) {
        last = event.path("sequence_number").asLong();
        write(out, last, event.path("type").asText(), event);
      }
      events = store.events(id, last, AT_ONCE);
    }
    return last;
  }

  private static void write(OutputStream out, long id, String name, ObjectNode data)
      throws IOException {
    out.write(("id: " + id + "\n").getBytes(StandardCharsets.UTF_8));
    String text = new String(Json.plainBytes(data), StandardCharsets.UTF_8);
    out.write(SseEvent.named(name, text).bytes());
    out.flush();
  }

  private static @Nullable Long after(Visit visit) {
    String written = visit.header("last-event-id").orElse("0").strip();
    return written.matches("[0-9]{1,18}") ? Long.valueOf(written) : null;
  }

  private static boolean hasEnded(ObjectNode batch) {
    return !batch.path("ended_at").isNull();
  }

  private static ApiError unknown() {
    return new ApiError(
        404,
        ApiError.INVALID_REQUEST,
        "batch_not_found",
        "This team has no such batch, or there is nothing at this path; GET /v1/batches lists its batches, and below each are /results and /events.",
        null,
        "router");
  }
}
