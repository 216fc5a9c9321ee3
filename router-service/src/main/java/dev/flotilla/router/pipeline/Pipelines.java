package dev.flotilla.router.pipeline;

import dev.flotilla.catalog.Model;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.router.chat.Desk;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.idempotency.Idempotency;
import dev.flotilla.router.pipeline.interpreter.Actions;
import dev.flotilla.router.pipeline.interpreter.Interpreter;
import dev.flotilla.router.pipeline.journal.Journal;
import dev.flotilla.router.pipeline.journal.RunBook;
import dev.flotilla.router.pipeline.journal.RunMetrics;
import dev.flotilla.router.pipeline.journal.Watch;
import dev.flotilla.router.pipeline.runner.RunnerConfig;
import dev.flotilla.router.pipeline.runner.Runners;
import dev.flotilla.router.store.Store;
import dev.flotilla.router.webhook.Announcements;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Everything about pipelines put together, and the runners of this process while it lives.
 * Thread-safe.
 */
public final class Pipelines implements AutoCloseable {
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

  private final Runs runs;
  private final PipelinesRoute route;
  private final ChatOrPipelineRoute chat;
  private final BatchedRuns batched;
  private final Shelf shelf;
  private final CountDownLatch closing = new CountDownLatch(1);
  private @Nullable Runners runners;

  private Pipelines(
      Runs runs, PipelinesRoute route, ChatOrPipelineRoute chat, BatchedRuns batched, Shelf shelf) {
    this.runs = runs;
    this.route = route;
    this.chat = chat;
    this.batched = batched;
    this.shelf = shelf;
  }

  /**
   * @param baseline beside whose prices savings are reckoned; null when nobody said so
   */
  public static Pipelines open(
      Store store,
      Shelf shelf,
      Actions actions,
      Desk desk,
      Announcements announcements,
      @Nullable Model baseline,
      Tracing tracing,
      RunMetrics metrics,
      PipelineConfig config,
      RunnerConfig runnerConfig) {
    var watch = new Watch();
    var book = new RunBook(store, watch);
    var journal = new Journal(store, watch, announcements, metrics);
    var snapshots = new Snapshots();
    var runs = new Runs(shelf, book, watch);
    var events = new RunEvents(book, watch);
    var runsRoute =
        new RunsRoute(
            runs,
            book,
            new RunJson(baseline),
            events,
            run -> Optional.ofNullable(snapshots.of(run.definitions()).get(run.pipeline())),
            new Prices(shelf, book),
            announcements,
            config);
    var pipelines =
        new Pipelines(
            runs,
            new PipelinesRoute(shelf, runs, runsRoute, book),
            new ChatOrPipelineRoute(desk, shelf::find, runs, events, config),
            new BatchedRuns(runs, book, new RunJson(baseline)),
            shelf);
    if (config.runs()) {
      var interpreter =
          new Interpreter(journal, snapshots, actions, tracing, metrics, config.mostSteps());
      store
          .database()
          .ifPresent(
              database ->
                  pipelines.startWhenMigrated(
                      database,
                      () -> Runners.start(database, journal, book, runnerConfig, interpreter)));
    }
    return pipelines;
  }

  private interface Start {
    Runners now();
  }

  private void startWhenMigrated(Database database, Start start) {
    Thread.ofVirtual()
        .name("start-runners")
        .start(
            () -> {
              while (!closed(Duration.ZERO)) {
                if (database.awaitMigrated(BETWEEN_TRIES)) {
                  started(start);
                  return;
                }
              }
            });
  }

  private synchronized void started(Start start) {
    if (!closed(Duration.ZERO)) {
      Runners here = start.now();
      runners = here;
      runs.lookedAfterBy(here);
    }
  }

  private boolean closed(Duration atMost) {
    try {
      return closing.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  public Runs runs() {
    return runs;
  }

  /**
   * Everything below {@code /v1/pipelines} and {@code /v1/runs}.
   *
   * @param store keeps runs
   * @param maxBytes longest body in bytes
   */
  public List<Door> doors(Store store, Idempotency idempotency, int maxBytes) {
    return List.of(
        new Door(
            "POST",
            "/v1/pipelines:validate",
            Role.ASKERS,
            maxBytes,
            "Says what is wrong with a pipeline written in YAML; nothing is kept.",
            new CheckRoute(shelf)),
        new Door(
            "GET",
            "/v1/pipelines",
            Role.READERS,
            0,
            "Lists the pipelines of this installation.",
            route::list),
        new Door(
            "GET",
            "/v1/pipelines/*",
            Role.READERS,
            0,
            "Shows a pipeline, its runs (…/runs) or one of them (…/runs/{id}, and below it events and log).",
            store.guarding(route::get)),
        new Door(
            "POST",
            "/v1/pipelines/*",
            Role.ASKERS,
            maxBytes,
            "Runs a pipeline (…/runs), or cancels a run or tries it again (…/runs/{id}/cancel, …/retry).",
            idempotency.once(store.guarding(route::post))),
        new Door(
            "GET",
            "/v1/runs",
            Role.READERS,
            0,
            "Lists runs of the caller's team, newest first.",
            store.guarding(route::listRuns)),
        new Door(
            "GET",
            "/v1/runs/*",
            Role.READERS,
            0,
            "Shows a run, and below it its events as they happen and its log.",
            store.guarding(route::getRun)),
        new Door(
            "POST",
            "/v1/runs/*",
            Role.ASKERS,
            0,
            "Cancels a run, or tries it again, from a step when one is named.",
            store.guarding(route::postRun)));
  }

  /** Runs that answer items of batches. */
  public BatchedRuns batched() {
    return batched;
  }

  /** A pipeline called like a model, or chat. */
  public ChatOrPipelineRoute chat() {
    return chat;
  }

  /** What can be written into {@code model}, and what it is. */
  public Map<String, String> asModels() {
    var models = new LinkedHashMap<String, String>();
    for (Pipeline pipeline : shelf.all()) {
      models.put(ChatOrPipelineRoute.PREFIX + pipeline.name(), pipeline.description());
    }
    return models;
  }

  /** Hands over what this process looks after. */
  @Override
  public void close() {
    closing.countDown();
    Runners here;
    synchronized (this) {
      here = runners;
    }
    if (here != null) {
      here.close();
    }
  }
}
