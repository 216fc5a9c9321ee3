package dev.flotilla.cost.ledger;

import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseAwayException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Makes the ledger's partitions before their month begins. A month without one would not lose
 * anything, its rows would rest in {@code attempt_rest}. Several instances may do this at once.
 */
@ApplicationScoped
class AttemptMonths {
  private static final System.Logger LOG = System.getLogger(AttemptMonths.class.getName());

  /** This month and the next three. */
  static final int AHEAD = 3;

  private static final Duration BETWEEN_LOOKS = Duration.ofHours(1);

  private final Database database;
  private final Clock clock;
  private final CountDownLatch ended = new CountDownLatch(1);

  @Inject
  AttemptMonths(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  void begin(@Observes @Initialized(ApplicationScoped.class) Object start) {
    Thread.ofVirtual().name("attempt-months").start(this::keepAhead);
  }

  @PreDestroy
  void end() {
    ended.countDown();
  }

  /** Makes what is missing from this month on. */
  void makeAhead() {
    YearMonth now = YearMonth.now(clock.withZone(ZoneOffset.UTC));
    for (int month = 0; month <= AHEAD; month++) {
      LocalDate first = now.plusMonths(month).atDay(1);
      // One transaction each: a month that cannot be made does not hold up the others.
      try {
        if (database.inTransaction(connection -> made(connection, first))) {
          LOG.log(Level.INFO, "made the ledger''s partition for the month of {0}", first);
        }
      } catch (DatabaseAwayException | IllegalStateException e) {
        LOG.log(Level.WARNING, "the ledger's partition for " + first + " is not made yet", e);
      }
    }
  }

  private static boolean made(Connection connection, LocalDate first) throws SQLException {
    try (PreparedStatement patience = connection.prepareStatement("set local lock_timeout = '2s'");
        PreparedStatement make = connection.prepareStatement("select create_attempt_month(?)")) {
      // Whoever waits for the table's lock makes everybody behind wait: rather later than long.
      patience.execute();
      make.setObject(1, first);
      try (ResultSet rows = make.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }

  private void keepAhead() {
    Duration pause = Duration.ofSeconds(1);
    do {
      if (database.awaitMigrated(pause)) {
        makeAhead();
        pause = BETWEEN_LOOKS;
      }
    } while (!endsWithin(pause));
  }

  private boolean endsWithin(Duration pause) {
    try {
      return ended.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
