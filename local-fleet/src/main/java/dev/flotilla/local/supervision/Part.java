package dev.flotilla.local.supervision;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One program that is kept running: launched again when it dies, with growing pauses, until
 * somebody stops it.
 *
 * <p>Safe for use by several threads. Nothing slow happens while the lock is held, except
 * launching.
 */
final class Part {
  /** A part that lived this long starts again with the shortest pause. */
  private static final Duration HEALTHY = Duration.ofSeconds(60);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final Program program;
  private final StateDirectory state;
  private final Journal journal;
  private final Runnable changed;

  private String status = "stopped";
  private boolean wanted;
  private boolean launching;
  private boolean retired;
  private boolean firstStart;
  private int restarts;
  private int failuresInARow;
  private long launchedAt;
  private @Nullable Long readyAfterMs;
  private @Nullable ProcessHandle process;

  Part(Program program, StateDirectory state, Journal journal, Runnable changed) {
    this.program = program;
    this.state = state;
    this.journal = journal;
    this.changed = changed;
  }

  String name() {
    return program.name();
  }

  /** Returns when it is ready. A first start that fails is not repeated: nothing would change. */
  void start(Duration patience) {
    synchronized (this) {
      if (retired) {
        throw new CannotStart(name() + " is not started any more: the fleet is being stopped");
      }
      if (wanted) {
        return;
      }
      wanted = true;
      firstStart = true;
      failuresInARow = 0;
    }
    var mine = launchFirst();
    var ready = awaitReady(mine, patience);
    synchronized (this) {
      firstStart = false;
    }
    if (!ready) {
      var why =
          mine.isAlive()
              ? "was not ready within " + patience.toSeconds() + " s"
              : "ended before it was ready";
      // Told before it is stopped, or the end of its log would tell of the stopping.
      var failure = new CannotStart(name() + " " + why + logHint());
      stop();
      throw failure;
    }
    if (!mine.isAlive()) {
      ended(mine);
    }
  }

  /** As a crash would, so it comes back by itself unless {@link #stop()} follows. */
  void kill9() {
    var victim = running();
    synchronized (this) {
      // Who was killed on purpose is not sick, and starts again after the shortest pause.
      failuresInARow = 0;
    }
    victim.destroyForcibly();
    ProcessEnd.within(Duration.ofSeconds(10), victim);
    ended(victim);
  }

  /** Returns when it is ready, be it by a start or by itself after a crash. */
  void awaitReady(Duration patience) {
    var deadline = System.nanoTime() + patience.toNanos();
    synchronized (this) {
      while (!status.equals("ready")) {
        var left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
        if (left <= 0) {
          throw new CannotStart(
              name()
                  + " is "
                  + status
                  + " and was not ready within "
                  + patience.toSeconds()
                  + " s"
                  + logHint());
        }
        pause(left);
      }
    }
  }

  /** From now on its end is no surprise, and it is never started again. */
  synchronized void retire() {
    wanted = false;
    retired = true;
  }

  void stop() {
    ProcessHandle leaving;
    synchronized (this) {
      wanted = false;
      // What is just being launched has no pid yet to be stopped by.
      while (launching) {
        pause(0);
      }
      leaving = process;
    }
    if (leaving != null && leaving.isAlive()) {
      program.askToEnd(leaving);
      if (!ProcessEnd.within(program.farewell(), leaving)) {
        journal.note(
            name() + " did not end within " + program.farewell().toSeconds() + " s and was killed");
        leaving.destroyForcibly();
        ProcessEnd.within(Duration.ofSeconds(10), leaving);
      }
    }
    synchronized (this) {
      process = null;
      readyAfterMs = null;
      becomes("stopped");
    }
    state.delete(name() + ".pid");
    changed.run();
  }

  long pid() {
    return running().pid();
  }

  synchronized FleetState.PartState snapshot() {
    return new FleetState.PartState(
        name(),
        status,
        process == null ? null : process.pid(),
        program.port(),
        program.opsPort(),
        restarts,
        readyAfterMs);
  }

  private synchronized ProcessHandle running() {
    if (process == null) {
      throw new IllegalStateException(name() + " does not run; start it first");
    }
    return process;
  }

  private ProcessHandle launchFirst() {
    try {
      return launch();
    } catch (IOException | RuntimeException e) {
      synchronized (this) {
        wanted = false;
        becomes("stopped");
      }
      throw new CannotStart(name() + " could not be started: " + e.getMessage() + logHint(), e);
    }
  }

  // Without the lock: unpacking and creating a database takes seconds, and the state must stay
  // readable.
  private ProcessHandle launch() throws IOException {
    synchronized (this) {
      launching = true;
      launchedAt = System.nanoTime();
      becomes("starting");
    }
    changed.run();
    @Nullable ProcessHandle launched = null;
    try {
      launched = program.launch();
      state.write(name() + ".pid", Long.toString(launched.pid()));
      return launched;
    } finally {
      synchronized (this) {
        launching = false;
        process = launched;
        notifyAll();
      }
      changed.run();
      if (launched != null) {
        var _ = program.endOf(launched).thenAccept(this::ended);
      }
    }
  }

  private boolean awaitReady(ProcessHandle mine, Duration patience) {
    var deadline = System.nanoTime() + patience.toNanos();
    while (mine.isAlive() && System.nanoTime() < deadline) {
      if (program.ready()) {
        synchronized (this) {
          if (!mine.equals(process)) {
            return false;
          }
          readyAfterMs = Duration.ofNanos(System.nanoTime() - launchedAt).toMillis();
          becomes("ready");
        }
        changed.run();
        return true;
      }
      ProcessEnd.within(BETWEEN_LOOKS, mine);
    }
    return false;
  }

  /** Until something changes; 0 waits without end. Every caller looks again afterwards. */
  @SuppressWarnings("WaitNotInLoop")
  private synchronized void pause(long millis) {
    try {
      wait(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CannotStart("Interrupted while waiting for " + name(), e);
    }
  }

  private synchronized void becomes(String next) {
    status = next;
    notifyAll();
  }

  private void ended(ProcessHandle gone) {
    Duration pause;
    synchronized (this) {
      if (!wanted || firstStart || !gone.equals(process)) {
        return;
      }
      pause = pauseAfterEnd();
    }
    journal.note(
        "%s (pid %d) ended; starting it again in %d s"
            .formatted(name(), gone.pid(), pause.toSeconds()));
    changed.run();
    restartAfter(pause);
  }

  private synchronized Duration pauseAfterEnd() {
    becomes("restarting");
    process = null;
    restarts++;
    var lived = Duration.ofNanos(System.nanoTime() - launchedAt);
    failuresInARow = lived.compareTo(HEALTHY) > 0 ? 1 : failuresInARow + 1;
    var pause = Duration.ofSeconds(1L << Math.min(failuresInARow - 1, 5));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  private void restartAfter(Duration pause) {
    CompletableFuture.delayedExecutor(
            pause.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread)
        .execute(this::restart);
  }

  private void restart() {
    synchronized (this) {
      if (!wanted || !status.equals("restarting")) {
        return;
      }
      becomes("starting");
    }
    try {
      var mine = launch();
      if (awaitReady(mine, Duration.ofDays(1))) {
        journal.note("%s (pid %d) is ready again".formatted(name(), mine.pid()));
      }
    } catch (IOException | RuntimeException e) {
      var pause = pauseAfterEnd();
      journal.note(
          "%s could not be started (%s); trying again in %d s"
              .formatted(name(), e.getMessage(), pause.toSeconds()));
      restartAfter(pause);
    }
  }

  private String logHint() {
    var tail = state.tailOfLog(name());
    return ". "
        + (tail.isEmpty()
            ? "Its log " + state.log(name()) + " is empty."
            : "The end of " + state.log(name()) + ":\n" + tail.indent(2));
  }
}
