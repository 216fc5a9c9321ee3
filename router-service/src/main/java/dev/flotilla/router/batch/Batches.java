package dev.flotilla.router.batch;

import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.chat.Errands;
import dev.flotilla.router.door.KeyPolicy;
import dev.flotilla.router.pipeline.BatchedRuns;
import dev.flotilla.router.store.Store;
import dev.flotilla.router.webhook.Announcements;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** The parts of this package, put together. */
public final class Batches {
  private final BatchRoute route;
  private final BatchRunner runner;
  private final AtomicBoolean leaving;

  private Batches(BatchRoute route, BatchRunner runner, AtomicBoolean leaving) {
    this.route = route;
    this.runner = runner;
    this.leaving = leaving;
  }

  /**
   * @param policies what holds for a key now, by its id; empty when there is no such key any more
   */
  public static Batches open(
      Store store,
      Errands errands,
      BatchedRuns runs,
      Function<String, Optional<KeyPolicy>> policies,
      Announcements announcements,
      Tracing tracing,
      BatchConfig config) {
    var batches = new BatchStore(store, config.lease(), announcements);
    var bell = new Bell();
    var leaving = new AtomicBoolean();
    var work =
        new BatchWork(
            new ChatItems(errands, policies, tracing, config.patience()),
            new PipelineItems(runs, leaving::get));
    var runner = new BatchRunner(batches, work, bell, config);
    // Without a database there is nothing to look at, ever.
    if (config.runs() && store.database().isPresent()) {
      runner.start();
    }
    return new Batches(
        new BatchRoute(batches, bell, config, runs::unknown, announcements), runner, leaving);
  }

  public BatchRoute route() {
    return route;
  }

  /** Begins nothing more, and waits that long for what was begun. */
  public void leave(Duration patience) {
    leaving.set(true);
    runner.leave(patience);
  }
}
