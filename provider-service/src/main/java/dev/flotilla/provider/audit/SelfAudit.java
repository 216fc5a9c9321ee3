package dev.flotilla.provider.audit;

import dev.flotilla.contracts.ledger.AttemptAmount;
import dev.flotilla.contracts.ledger.AuditQuestion;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.provider.spool.Deliveries;
import dev.flotilla.provider.spool.Ledger;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Holds every amount this process handed to the ledger against what the ledger has, some minutes
 * later. What differs is told as {@value MetricNames#LEDGER_RECONCILIATION_DIFFERENCE} and asked
 * for again until it is right. Thread-safe; audits one at a time.
 */
public final class SelfAudit implements Deliveries {
  private static final Logger LOG = Logger.getLogger(SelfAudit.class.getName());

  /** A name or two help whoever looks; thousands do not. */
  private static final int NAMED = 10;

  private final Ledger ledger;
  private final Duration every;
  private final int most;
  private final Counter audited;
  private final CountDownLatch leaving = new CountDownLatch(1);

  // Guarded by this.
  private final Map<String, Long> waiting = new LinkedHashMap<>();
  private long passedOver;
  private long differenceNanos;

  /**
   * @param most attempts that are remembered; what is spent beyond them between two audits is not
   *     audited, and that is logged
   */
  public SelfAudit(Ledger ledger, Duration every, int most, MetricRegistry metrics) {
    this.ledger = ledger;
    this.every = every;
    this.most = most;
    this.audited =
        metrics.counter(
            Metadata.builder()
                .withName(MetricNames.LEDGER_AUDITED)
                .withDescription("Attempts whose amount was found in the ledger as it was sent")
                .build());
    metrics.gauge(
        Metadata.builder()
            .withName(MetricNames.LEDGER_RECONCILIATION_DIFFERENCE)
            .withDescription(
                "What this process spent otherwise than the ledger says, all differences added up,"
                    + " at the last audit")
            .build(),
        this,
        SelfAudit::differenceUsd);
  }

  /** Audits from now on, in a thread of its own. */
  public void start() {
    Thread.ofVirtual().name("ledger-audit").start(this::auditNowAndThen);
  }

  /** Audits no more. */
  public void finish() {
    leaving.countDown();
  }

  @Override
  public synchronized void delivered(LedgerEntry entry) {
    Long cost = entry.costNanos();
    if (cost == null) {
      return;
    }
    if (waiting.size() < most) {
      waiting.put(entry.attemptId(), cost);
    } else {
      passedOver++;
    }
  }

  /**
   * Asks the ledger for everything that was delivered since, and for what differed before.
   *
   * @return the sum of all differences, nano-dollars
   * @throws RuntimeException when the ledger is away; nothing is forgotten
   */
  public long audit() {
    Map<String, Long> ours = taken();
    var right = new ArrayList<String>();
    var wrong = new ArrayList<String>();
    long difference = 0;
    var ids = new ArrayList<>(ours.keySet());
    for (int from = 0; from < ids.size(); from += AuditQuestion.LIMIT) {
      List<String> some = ids.subList(from, Math.min(ids.size(), from + AuditQuestion.LIMIT));
      Map<String, @Nullable Long> theirs = amounts(some);
      for (String attempt : some) {
        long sent = ours.getOrDefault(attempt, 0L);
        Long kept = theirs.get(attempt);
        if (kept != null && kept == sent) {
          right.add(attempt);
        } else {
          wrong.add(attempt);
          difference += Math.abs(sent - (kept == null ? 0 : kept));
          // A void attempt that is missing costs nothing, and is missing all the same.
        }
      }
    }
    note(right, difference);
    audited.inc(right.size());
    if (!wrong.isEmpty()) {
      LOG.log(
          Level.SEVERE,
          "The ledger has {0} attempts otherwise than they were sent, {1} nano-dollars in all; the"
              + " first are {2}",
          new Object[] {wrong.size(), difference, wrong.stream().limit(NAMED).toList()});
    }
    return difference;
  }

  private Map<String, @Nullable Long> amounts(List<String> attempts) {
    var amounts = new HashMap<String, @Nullable Long>();
    for (AttemptAmount amount : ledger.audit(new AuditQuestion(List.copyOf(attempts))).attempts()) {
      amounts.put(amount.attemptId(), amount.costNanos());
    }
    return amounts;
  }

  private synchronized Map<String, Long> taken() {
    if (passedOver > 0) {
      LOG.log(
          Level.WARNING,
          "{0} attempts were not audited, because more than {1} ended between two audits",
          new Object[] {passedOver, most});
      passedOver = 0;
    }
    return new LinkedHashMap<>(waiting);
  }

  private synchronized void note(List<String> right, long difference) {
    right.forEach(waiting::remove);
    differenceNanos = difference;
  }

  private synchronized double differenceUsd() {
    return BigDecimal.valueOf(differenceNanos, 9).doubleValue();
  }

  private void auditNowAndThen() {
    try {
      while (!leaving.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          audit();
        } catch (RuntimeException e) {
          LOG.log(Level.WARNING, "The ledger is away; the audit waits: {0}", e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
