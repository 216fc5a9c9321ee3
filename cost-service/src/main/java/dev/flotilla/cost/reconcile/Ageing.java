package dev.flotilla.cost.reconcile;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.settings.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;

/**
 * Turns attempts that stayed unknown for too long into estimates at their ceiling: a budget that
 * was charged that much stays right, and a provider's bill can only give back. Several instances
 * may do it at once. Thread-safe.
 */
@ApplicationScoped
class Ageing {
  private static final System.Logger LOG = System.getLogger(Ageing.class.getName());

  /** Nobody waits for many rows at once. */
  private static final int AT_ONCE = 1_000;

  private static final String AGE =
      """
      update attempt set state = 'estimated', estimated = true, cost_nanos = ceiling_nanos,
          aged_at = now(), ended_received_at = now()
      where attempt_id in (
          select attempt_id from attempt where state = 'unknown' and started_at < ?
          order by started_at limit %d for update skip locked)"""
          .formatted(AT_ONCE);

  private final ReconcileConfig config;
  private final Database database;
  private final Clock clock;
  private final Counter aged;
  private final CountDownLatch leaving = new CountDownLatch(1);

  @Inject
  Ageing(Settings settings, Database database, Clock clock, MetricRegistry metrics) {
    this.config = ReconcileConfig.from(settings);
    this.database = database;
    this.clock = clock;
    this.aged =
        metrics.counter(
            Metadata.builder()
                .withName(MetricNames.LEDGER_AGED)
                .withDescription("Attempts of unknown end that became estimates at their ceiling")
                .build());
  }

  void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
    Thread.ofVirtual().name("ledger-ageing").start(this::ageNowAndThen);
  }

  void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
    leaving.countDown();
  }

  /**
   * Ages what has been unknown for too long.
   *
   * @return how many
   */
  int age() {
    Instant before = clock.instant().minus(config.unknownAfter());
    int all = 0;
    int some;
    do {
      some = ageSome(before);
      all += some;
    } while (some == AT_ONCE);
    if (all > 0) {
      aged.inc(all);
      LOG.log(
          Level.WARNING,
          "{0} attempts stayed unknown for {1} and count at their ceiling now",
          all,
          config.unknownAfter());
    }
    return all;
  }

  private int ageSome(Instant before) {
    return database.inTransaction(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(AGE)) {
            statement.setObject(1, OffsetDateTime.ofInstant(before, ZoneOffset.UTC));
            return statement.executeUpdate();
          }
        });
  }

  private void ageNowAndThen() {
    try {
      while (!leaving.await(config.every().toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          age();
        } catch (RuntimeException e) {
          LOG.log(Level.WARNING, "unknown attempts are looked at later: {0}", e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
