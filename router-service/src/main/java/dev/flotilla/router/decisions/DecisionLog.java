package dev.flotilla.router.decisions;

import dev.flotilla.contracts.decision.Decision;
import dev.flotilla.contracts.decision.DecisionApi;
import dev.flotilla.contracts.decision.DecisionBatch;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.metrics.LabelledCounter;
import jakarta.ws.rs.WebApplicationException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.metrics.MetricRegistry;

/**
 * Decisions on their way to cost-service: a bounded queue and one thread that empties it in
 * batches. A batch is kept until cost-service says it has it, so that a restart over there loses
 * nothing; what finds the queue full is dropped and counted, and so is what is here when this
 * process dies. Thread-safe.
 */
public final class DecisionLog implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(DecisionLog.class.getName());
  private static final Duration POLL = Duration.ofMillis(200);

  /** With these the same batch would be refused for ever. */
  private static final Set<Integer> REFUSED = Set.of(400, 413, 422);

  private final DecisionApi costService;
  private final DecisionLogConfig config;
  private final BlockingQueue<Decision> waiting;
  private final LabelledCounter dropped;

  /** In the queue or on the way. */
  private final AtomicInteger unsent = new AtomicInteger();

  private final CountDownLatch leaving = new CountDownLatch(1);
  private final Thread sender;

  public DecisionLog(DecisionApi costService, DecisionLogConfig config, MetricRegistry metrics) {
    this.costService = costService;
    this.config = config;
    this.waiting = new ArrayBlockingQueue<>(config.queueSize());
    this.dropped =
        new LabelledCounter(
            metrics,
            MetricNames.DECISIONS_DROPPED,
            "Decisions that never reached cost-service, by reason",
            List.of("reason"));
    for (String reason : List.of("queue_full", "refused", "shutdown")) {
      dropped.of(reason);
    }
    this.sender = Thread.ofPlatform().daemon().name("decisions").start(this::send);
  }

  /** Takes a decision along; never waits and never fails. */
  public void add(Decision decision) {
    unsent.incrementAndGet();
    if (!waiting.offer(decision)) {
      unsent.decrementAndGet();
      dropped.of("queue_full").inc();
    }
  }

  /** Sends what is left; what cost-service has not taken when patience ends is dropped. */
  @Override
  public void close() {
    leaving.countDown();
    try {
      if (!sender.join(config.patienceAtTheEnd())) {
        sender.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    int lost = unsent.getAndSet(0);
    if (lost > 0) {
      dropped.of("shutdown").inc(lost);
      LOG.log(Level.WARNING, "left with {0} decisions that cost-service did not take", lost);
    }
  }

  private void send() {
    List<Decision> batch = new ArrayList<>();
    int failures = 0;
    try {
      while (true) {
        boolean last = leaving.getCount() == 0;
        if (batch.isEmpty() && !fill(batch, last) && last) {
          return;
        }
        if (batch.isEmpty()) {
          continue;
        }
        if (sent(batch, failures)) {
          unsent.addAndGet(-batch.size());
          batch.clear();
          failures = 0;
        } else {
          failures++;
          pause(failures, last);
        }
      }
    } catch (InterruptedException e) {
      // Patience has ended; whoever ended it counts what is left.
      return;
    }
  }

  /** Waits a little for a decision and its company; false when there was none. */
  private boolean fill(List<Decision> batch, boolean last) throws InterruptedException {
    Decision first = last ? waiting.poll() : waiting.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
    if (first == null) {
      return false;
    }
    batch.add(first);
    if (waiting.size() < DecisionBatch.LIMIT - 1) {
      leaves(config.linger());
    }
    waiting.drainTo(batch, DecisionBatch.LIMIT - batch.size());
    return true;
  }

  /** Whether this batch is done with. */
  private boolean sent(List<Decision> batch, int failures) {
    try {
      int rejected = costService.keep(new DecisionBatch(batch)).rejected();
      dropped.of("refused").inc(rejected);
      return true;
    } catch (WebApplicationException e) {
      if (REFUSED.contains(e.getResponse().getStatus())) {
        dropped.of("refused").inc(batch.size());
        LOG.log(Level.ERROR, "cost-service refused {0} decisions: {1}", batch.size(), e);
        return true;
      }
      report(batch, failures, e);
    } catch (RuntimeException e) {
      report(batch, failures, e);
    }
    return false;
  }

  /** Ever more rarely: a cost-service that is away for an hour is one fact, not hundreds. */
  private static void report(List<Decision> batch, int failures, RuntimeException e) {
    if (Integer.bitCount(failures + 1) == 1) {
      LOG.log(
          Level.WARNING,
          "cost-service did not take {0} decisions, {1} times in a row now: {2}",
          batch.size(),
          failures + 1,
          e);
    }
  }

  /** Doubling, between half and the whole of it, so that many routers do not knock together. */
  private void pause(int failures, boolean last) throws InterruptedException {
    long whole =
        last
            ? config.firstPause().toMillis()
            : Math.min(
                config.longestPause().toMillis(),
                config.firstPause().toMillis() << Math.min(failures - 1, 20));
    long millis = whole / 2 + ThreadLocalRandom.current().nextLong(whole / 2 + 1);
    if (last) {
      Thread.sleep(millis);
    } else {
      leaves(Duration.ofMillis(millis));
    }
  }

  private void leaves(Duration within) throws InterruptedException {
    leaving.await(within.toNanos(), TimeUnit.NANOSECONDS);
  }
}
