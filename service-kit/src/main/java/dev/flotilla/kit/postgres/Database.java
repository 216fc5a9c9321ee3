package dev.flotilla.kit.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/**
 * One schema of PostgreSQL: pool, migration and transactions. Everything is time-boxed: 2 s to
 * connect, 2 s to get a connection of the pool, 10 s without a byte from the server.
 *
 * <p>A service starts without its database. The schema is migrated in the background, tried again
 * every second, and until that is done {@link #readiness()} is down and transactions fail with
 * {@link DatabaseAwayException}. Migrations are {@code classpath:db/migration/<schema>}.
 * Thread-safe.
 */
public final class Database implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Database.class.getName());
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);
  private static final int TRIES = 4;
  private static final String SERIALIZATION_FAILURE = "40001";
  private static final String DEADLOCK = "40P01";

  private final DatabaseConfig config;
  private final HikariDataSource pool;
  private final CountDownLatch migrated = new CountDownLatch(1);
  private final CountDownLatch tried = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private Database(DatabaseConfig config) {
    this.config = config;
    this.pool = pool(config);
  }

  /** Opens the pool and begins to migrate; returns at once, whether PostgreSQL is there or not. */
  public static Database open(DatabaseConfig config) {
    var database = new Database(config);
    Thread.ofVirtual().name("migrate-" + config.schema()).start(database::migrateUntilDone);
    return database;
  }

  /** Whether the schema is migrated. */
  public boolean migrated() {
    return migrated.getCount() == 0;
  }

  /** Whether it is known if the database is there: the schema is migrated, or a try has failed. */
  public boolean settled() {
    return tried.getCount() == 0;
  }

  /** Waits for the schema; false when patience ends first. */
  public boolean awaitMigrated(Duration patience) {
    try {
      return migrated.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * The health check {@code postgres}: up when the schema is migrated and the server answers within
   * 2 s.
   */
  public HealthCheckResponse readiness() {
    var response = HealthCheckResponse.named("postgres").withData("schema", config.schema());
    if (!migrated()) {
      return response.withData("reason", "schema not migrated yet").down().build();
    }
    // A connection of its own: an exhausted pool is load, and must not take this instance out of
    // service.
    try (Connection connection = DriverManager.getConnection(config.url(), connecting(config, 2))) {
      return response.status(connection.isValid(2)).build();
    } catch (SQLException e) {
      return response.withData("reason", "no connection: " + e.getSQLState()).down().build();
    }
  }

  /**
   * Runs work in a transaction (read committed) and commits it. A serialization failure or deadlock
   * is tried again, {@value #TRIES} times in all.
   *
   * @throws DatabaseAwayException when the database cannot be reached, is too slow, or is not
   *     migrated yet
   * @throws IllegalStateException when it refuses what was asked, which is a bug
   */
  public <T> T inTransaction(Transaction<T> work) {
    return tried(connection -> committed(connection, work));
  }

  /**
   * The same for work that is one statement. The server commits it by itself when it is done, which
   * saves asking it to.
   */
  public <T> T inOneStatement(Transaction<T> work) {
    return tried(
        connection -> {
          // The pool sets it back.
          connection.setAutoCommit(true);
          return work.run(connection);
        });
  }

  /** Half of its connections, for work that is to leave the others alone; one at least. */
  public Share half() {
    return new Share(this, Math.max(1, config.poolSize() / 2));
  }

  private <T> T tried(Transaction<T> work) {
    if (!migrated()) {
      throw new DatabaseAwayException("schema " + config.schema() + " is not migrated yet");
    }
    for (int attempt = 1; ; attempt++) {
      try (Connection connection = pool.getConnection()) {
        return work.run(connection);
      } catch (SQLException e) {
        if (!worthAnotherTry(e) || attempt == TRIES) {
          throw failure(e);
        }
        LOG.log(Level.DEBUG, "transaction is tried again: {0}", e.getMessage());
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(attempt * 10_000_000L));
      }
    }
  }

  /**
   * The pool, for a library that manages its transactions itself. Its connections do not commit by
   * themselves, and the schema may not be migrated yet.
   */
  public DataSource pool() {
    return pool;
  }

  @Override
  public void close() {
    closed.countDown();
    pool.close();
  }

  private static <T> T committed(Connection connection, Transaction<T> work) throws SQLException {
    try {
      T result = work.run(connection);
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException e) {
      try {
        connection.rollback();
      } catch (SQLException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  private static boolean worthAnotherTry(SQLException e) {
    return SERIALIZATION_FAILURE.equals(e.getSQLState()) || DEADLOCK.equals(e.getSQLState());
  }

  private static RuntimeException failure(SQLException e) {
    String state = e.getSQLState();
    // 08: connection, 25006: read-only, as a replica that was not promoted yet, 53: out of
    // resources, 55P03: lock not available, 57: operator intervention and shutdown; Hikari's
    // time-out has no state at all.
    boolean away =
        state == null
            || state.startsWith("08")
            || state.equals("25006")
            || state.startsWith("53")
            || state.equals("55P03")
            || state.startsWith("57")
            || worthAnotherTry(e);
    String what = "PostgreSQL: " + e.getMessage();
    return away ? new DatabaseAwayException(what, e) : new IllegalStateException(what, e);
  }

  private void migrateUntilDone() {
    String lastReason = "";
    do {
      String reason = tryToMigrate();
      if (reason == null) {
        LOG.log(Level.INFO, "schema {0} is ready", config.schema());
        migrated.countDown();
        tried.countDown();
        return;
      }
      tried.countDown();
      if (!reason.equals(lastReason)) {
        LOG.log(
            Level.WARNING,
            "schema {0} is not migrated yet, trying again every {1}: {2}",
            config.schema(),
            BETWEEN_TRIES,
            reason);
        lastReason = reason;
      }
    } while (!closesWithin(BETWEEN_TRIES));
  }

  /** Null when done, else why not. */
  private @Nullable String tryToMigrate() {
    try {
      // No socket time-out here: building an index may rightly take minutes.
      Flyway.configure()
          .dataSource(config.url(), config.user(), config.password())
          .schemas(config.schema())
          .defaultSchema(config.schema())
          .createSchemas(true)
          .locations("classpath:db/migration/" + config.schema())
          .load()
          .migrate();
      return null;
    } catch (RuntimeException e) {
      return String.valueOf(e.getMessage()).strip();
    }
  }

  private boolean closesWithin(Duration pause) {
    try {
      return closed.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static HikariDataSource pool(DatabaseConfig config) {
    var hikari = new HikariConfig();
    hikari.setPoolName("postgres-" + config.schema());
    hikari.setJdbcUrl(config.url());
    hikari.setDataSourceProperties(connecting(config, 10));
    hikari.setMaximumPoolSize(config.poolSize());
    hikari.setMinimumIdle(1);
    hikari.setConnectionTimeout(2_000);
    hikari.setValidationTimeout(1_000);
    hikari.setAutoCommit(false);
    // -1: the pool opens without a server and finds it later.
    hikari.setInitializationFailTimeout(-1);
    return new HikariDataSource(hikari);
  }

  private static Properties connecting(DatabaseConfig config, int socketTimeoutSeconds) {
    var properties = new Properties();
    properties.setProperty("user", config.user());
    properties.setProperty("password", config.password());
    properties.setProperty("currentSchema", config.schema());
    properties.setProperty("ApplicationName", "flotilla-" + config.schema());
    properties.setProperty("connectTimeout", "2");
    properties.setProperty("loginTimeout", "2");
    properties.setProperty("socketTimeout", String.valueOf(socketTimeoutSeconds));
    properties.setProperty("tcpKeepAlive", "true");
    return properties;
  }
}
