package dev.flotilla.router.pipeline.runner;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.DeadExecutionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.router.pipeline.journal.Journal;
import dev.flotilla.router.pipeline.journal.Lease;
import dev.flotilla.router.pipeline.journal.LeaseLost;
import dev.flotilla.router.pipeline.journal.LoadedRun;
import dev.flotilla.router.pipeline.journal.RunBook;
import dev.flotilla.router.pipeline.journal.RunCancelled;
import dev.flotilla.router.store.NoStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * Looks after the runs of this installation together with all other runners. db-scheduler has the
 * queue, the lease, the heartbeat and the clock; the journal has what was paid. A run is looked
 * after by one process at a time, and one whose process died is taken over by another. Thread-safe.
 */
public final class Runners implements AutoCloseable {
  /** Goes on with a run from what is written down, as far as it can. */
  @FunctionalInterface
  public interface Runner {
    /**
     * @param leaving whether this process is about to end; no further step begins then
     */
    Progress goOn(LoadedRun run, Lease lease, BooleanSupplier leaving);
  }

  private static final System.Logger LOG = System.getLogger(Runners.class.getName());
  private static final TaskDescriptor<Void> RUN = TaskDescriptor.of("run");

  /** More in a row, and the run itself is what cannot be gone on with. */
  private static final int MOST_DEFECTS = 5;

  private static final int MISSED_HEARTBEATS = 4;
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration BETWEEN_CLEANINGS = Duration.ofMinutes(10);

  /** The default deletes tasks of names it does not know: those of a newer version of us. */
  private static final Duration NEVER = Duration.ofDays(3_650);

  private final Journal journal;
  private final RunBook book;
  private final Runner runner;
  private final Scheduler scheduler;

  private Runners(
      Database database, Journal journal, RunBook book, RunnerConfig config, Runner runner) {
    this.journal = journal;
    this.book = book;
    this.runner = runner;
    Task<Void> run =
        Tasks.custom(RUN)
            .onDeadExecution(new DeadExecutionHandler.ReviveDeadExecution<>())
            .onFailure((done, todo) -> todo.reschedule(done, Instant.now().plus(pause(done))))
            .execute((instance, context) -> lookAfter(instance.getId(), context));
    RecurringTask<Void> cleaning =
        Tasks.recurring("clean", FixedDelay.of(BETWEEN_CLEANINGS))
            .execute((instance, context) -> clean(config.keep()));
    scheduler =
        Scheduler.create(database.pool(), run)
            .startTasks(cleaning)
            .schedulerName(new SchedulerName.Fixed("router-" + UUID.randomUUID()))
            .threads(config.mostRuns())
            .executorService(Executors.newVirtualThreadPerTaskExecutor())
            // Never above 1.0: what is picked and does not run yet sends no heartbeat.
            .pollUsingLockAndFetch(0.5, 1.0)
            .pollingInterval(config.poll())
            .heartbeatInterval(config.heartbeat())
            .missedHeartbeatsLimit(MISSED_HEARTBEATS)
            .deleteUnresolvedAfter(NEVER)
            .shutdownMaxWait(config.patienceAtTheEnd())
            .commitWhenAutocommitDisabled(true)
            .build();
  }

  /** Begins to look after runs; the schema must be there. */
  public static Runners start(
      Database database, Journal journal, RunBook book, RunnerConfig config, Runner runner) {
    var runners = new Runners(database, journal, book, config, runner);
    runners.scheduler.start();
    return runners;
  }

  /** Looks for due runs now instead of at the next poll. */
  public void lookNow() {
    scheduler.triggerCheckForDueExecutions();
  }

  /** Takes up nothing more, and hands over what it looks after before the next steps. */
  @Override
  public void close() {
    scheduler.stop();
  }

  private CompletionHandler<Void> lookAfter(String run, ExecutionContext context) {
    var lease = new Lease(run, context.getExecution().version);
    try {
      Optional<LoadedRun> loaded = journal.load(lease);
      if (loaded.isEmpty()) {
        return ended(run);
      }
      BooleanSupplier leaving = context.getSchedulerState()::isShuttingDown;
      Progress progress = runner.goOn(loaded.get(), lease, leaving);
      // Whoever was told to give up still says how far it came.
      Thread.interrupted();
      return settle(lease, progress);
    } catch (LeaseLost lost) {
      return (done, todo) -> {
        // Not ours any more: touch nothing.
      };
    } catch (RunCancelled cancelled) {
      return settle(lease, new Progress.Cancelled());
    } catch (NoStore away) {
      // Looked after again when the database is back.
      throw away;
    } catch (RuntimeException defect) {
      LOG.log(System.Logger.Level.ERROR, "run " + run + " cannot be gone on with", defect);
      if (context.getExecution().consecutiveFailures + 1 < MOST_DEFECTS) {
        throw defect;
      }
      return settle(lease, new Progress.Failed(internal(run)));
    }
  }

  private CompletionHandler<Void> settle(Lease lease, Progress progress) {
    String run = lease.run();
    switch (progress) {
      case Progress.Completed(var output) -> journal.finish(lease, "completed", output, null);
      case Progress.Failed(var error) -> journal.finish(lease, "failed", null, error);
      case Progress.Expired(var error) -> journal.finish(lease, "expired", null, error);
      case Progress.Cancelled() -> journal.finish(lease, "cancelled", null, cancelled());
      case Progress.HandedOver() -> {
        return (done, todo) -> todo.reschedule(done, Instant.now());
      }
      case Progress.Resting(var until, var waitingFor) -> {
        journal.rests(lease, waitingFor);
        return (done, todo) -> {
          todo.reschedule(done, until);
          book.wakeIfWanted(run);
        };
      }
    }
    return ended(run);
  }

  /** Somebody may have told it to try again since. */
  private CompletionHandler<Void> ended(String run) {
    return (done, todo) -> {
      todo.remove();
      book.queueIfWanted(run);
    };
  }

  private void clean(Duration keep) {
    int forgotten = book.forget(Instant.now().minus(keep));
    int queued = book.queueTheForgotten();
    if (forgotten + queued > 0) {
      LOG.log(
          System.Logger.Level.INFO,
          "{0} runs that ended long ago are forgotten, {1} that nobody looked after are queued",
          forgotten,
          queued);
    }
  }

  private static Duration pause(ExecutionComplete done) {
    Duration pause = Duration.ofSeconds(1L << Math.min(8, done.getExecution().consecutiveFailures));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  private static ObjectNode internal(String run) {
    return Json.object()
        .put("code", "internal_error")
        .put(
            "message",
            "The router failed at this run several times; its log has the reason under "
                + run
                + ".");
  }

  private static ObjectNode cancelled() {
    return Json.object().put("code", "cancelled").put("message", "The run was cancelled.");
  }
}
