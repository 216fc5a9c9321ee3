package dev.flotilla.provider.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.contracts.ledger.AttemptAmount;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.AuditAnswer;
import dev.flotilla.contracts.ledger.AuditQuestion;
import dev.flotilla.contracts.ledger.BatchReceipt;
import dev.flotilla.contracts.ledger.EntryBatch;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.provider.spool.Ledger;
import io.helidon.microprofile.metrics.RegistryFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.metrics.Gauge;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SelfAuditTest {
  private final MetricRegistry metrics =
      RegistryFactory.getInstance().getRegistry("audit-" + UUID.randomUUID());
  private final Rows rows = new Rows();
  private final SelfAudit audit = new SelfAudit(rows, Duration.ofHours(1), 1_200, metrics);

  @Test
  void amounts_that_the_ledger_has_are_asked_for_once_and_differ_by_nothing() {
    for (int i = 0; i < 1_100; i++) {
      spend("a" + i, 100L + i);
      rows.amounts.put("a" + i, 100L + i);
    }
    assertEquals(0, audit.audit());
    assertEquals(3, rows.questions, "500 at a time");
    assertEquals(0, audit.audit());
    assertEquals(3, rows.questions, "what was right is not asked for again");
    assertEquals(0, difference());
  }

  @Test
  void a_row_that_is_missing_or_says_another_amount_shows_until_it_is_right() {
    spend("lost", 3_000_000);
    spend("other", 5_000_000);
    spend("right", 7_000_000);
    rows.amounts.putAll(Map.of("other", 4_000_000L, "right", 7_000_000L));
    assertEquals(4_000_000, audit.audit());
    assertEquals(0.004, difference());

    rows.amounts.putAll(Map.of("lost", 3_000_000L, "other", 5_000_000L));
    assertEquals(0, audit.audit());
    assertEquals(0, difference());
  }

  @Test
  void too_little_and_too_much_do_not_make_up_for_each_other() {
    spend("a", 1_000);
    spend("b", 1_000);
    rows.amounts.putAll(Map.of("a", 900L, "b", 1_100L));
    assertEquals(200, audit.audit());
  }

  @Test
  void a_ledger_that_is_away_makes_no_difference_and_nothing_is_forgotten() {
    spend("a", 1_000);
    rows.away = true;
    assertThrows(IllegalStateException.class, audit::audit);
    assertEquals(0, difference());
    rows.away = false;
    assertEquals(1_000, audit.audit());
  }

  @Test
  void an_attempt_of_unknown_end_has_no_amount_to_audit() {
    audit.delivered(entry("a", EntryState.UNKNOWN, null));
    assertEquals(0, audit.audit());
    assertEquals(0, rows.questions);
  }

  private void spend(String attempt, long nanos) {
    audit.delivered(entry(attempt, EntryState.SETTLED, nanos));
  }

  private double difference() {
    Gauge<?> gauge = metrics.getGauge(new MetricID(MetricNames.LEDGER_RECONCILIATION_DIFFERENCE));
    return gauge.getValue().doubleValue();
  }

  private static LedgerEntry entry(String attempt, String state, @Nullable Long nanos) {
    var start = Instant.parse("2026-11-21T10:00:00Z");
    return new LedgerEntry(
            attempt,
            EntryState.UNKNOWN,
            "req",
            null,
            null,
            null,
            "chat",
            "growth",
            "k_1",
            null,
            null,
            "up",
            "up/fast",
            null,
            "sha256:00",
            false,
            start,
            null,
            null,
            null,
            null,
            false,
            AttemptUsage.NONE,
            null,
            0,
            90_000,
            null,
            null,
            null)
        .ended(
            state, start.plusSeconds(1), Outcomes.OK, null, null, null, AttemptUsage.NONE, nanos);
  }

  /** A ledger that knows what a test told it. */
  private static final class Rows implements Ledger {
    final Map<String, Long> amounts = new HashMap<>();
    int questions;
    boolean away;

    @Override
    public BatchReceipt append(EntryBatch batch) {
      throw new UnsupportedOperationException("nobody ships here");
    }

    @Override
    public AuditAnswer audit(AuditQuestion question) {
      if (away) {
        throw new IllegalStateException("away, as asked");
      }
      questions++;
      return new AuditAnswer(
          question.attemptIds().stream()
              .filter(amounts::containsKey)
              .map(id -> new AttemptAmount(id, amounts.get(id)))
              .toList());
    }
  }
}
