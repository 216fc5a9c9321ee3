package dev.flotilla.bench.budgets;

import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Many at once, round after round, on a budget that has enough for three quarters of them: each
 * round raises its limit by so much and crosses it again.
 */
public final class Race implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int TRIALS = 8;
  private static final long FOR_TRIALS = 1_000_000;

  private final Course course;
  private final FleetDoor door;

  // What was asked so far, and by the answers' own account was spent. One thread.
  private final TreeMap<Integer, Integer> statuses = new TreeMap<>();
  private int asked;
  private long spent;

  public Race(Course course) {
    this.course = course;
    this.door = new FleetDoor(course.router(), course.adminKey());
  }

  /**
   * @param onLedgerAway {@code serve} or {@code refuse}
   * @param progress is told each round that has ended
   */
  public RaceReport run(int rounds, int callers, String onLedgerAway, IntConsumer progress)
      throws InterruptedException {
    long began = System.nanoTime();
    double overshootBefore = overshoot();
    long limit = FOR_TRIALS;
    door.limit(course.scope(), limit, onLedgerAway);
    ask(TRIALS);
    // So many answers cost as much as these did; the rest of the first limit is used as well.
    long step = Math.max(1, spent / TRIALS) * callers / 4 * 3;
    long mostOver = Long.MIN_VALUE;
    boolean added = true;
    for (int round = 1; round <= rounds; round++) {
      limit += step;
      door.limit(course.scope(), limit, onLedgerAway);
      ask(callers);
      added &= ledgerHasAll();
      mostOver = Math.max(mostOver, spent - limit);
      progress.accept(round);
    }
    return new RaceReport(
        onLedgerAway,
        rounds,
        callers,
        new TreeMap<>(statuses),
        limit,
        spent,
        Math.max(0, mostOver),
        (long) (overshoot() - overshootBefore),
        added,
        Duration.ofNanos(System.nanoTime() - began));
  }

  @Override
  public void close() {
    door.close();
  }

  private void ask(int callers) throws InterruptedException {
    int from = asked;
    asked += callers;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          threads.invokeAll(
              IntStream.range(from, asked)
                  .<Callable<FleetDoor.Answer>>mapToObj(
                      i ->
                          () ->
                              door.chat(
                                  course.callerKey(),
                                  course.model(),
                                  "question " + i + " of " + course.scope()))
                  .toList());
      for (var answer : answers) {
        statuses.merge(answer.get().status(), 1, Integer::sum);
        spent += answer.get().nanos();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a caller gave up: " + e.getCause(), e);
    }
  }

  /** Waits for the ledger; false when it comes to another sum than the answers did. */
  private boolean ledgerHasAll() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (door.booked(course.scope()) != spent) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }

  private double overshoot() throws InterruptedException {
    return door.metric(course.providerOps(), "llm_budget_overshoot_nanousd_total");
  }
}
