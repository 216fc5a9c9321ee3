package dev.flotilla.kit.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.lang.System.Logger.Level;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
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
 * One schema of PostgreSQL: pool, migration and transactions. Everything is time-boxed: 5 s to
 * connect, 5 s to get a connection of the pool, 9 s for a lock, 10 s without a byte from the
 * server.
 *
 * <p>A service starts without its database. The schema is migrated in the background, tried again
 * every second, and until that is done {@link #readiness()} is down and transactions fail with
 * {@link DatabaseAwayException}. Migrations are {@code classpath:db/migration/<schema>}.
 * Thread-safe.
 */
public final class Database implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Database.class.getName());
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

  /**
   * For a connection, and for one of the pool. With 2 s, services that start on full cores refused
   * what they would have answered in three.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration READINESS_PATIENCE = Duration.ofSeconds(2);
  private static final Duration SOCKET_PATIENCE = Duration.ofSeconds(10);

  /**
   * The server gives up waiting before we do. A statement nobody waits for any more would keep its
   * place in the queue for a lock, and those that are sent again would queue behind it, ever more
   * of them. What works for long, such as a backup, is not meant.
   */
  private static final String SERVER_PATIENCE = "-c lock_timeout=9s";

  private static final int TRIES = 4;
  private static final String SERIALIZATION_FAILURE = "40001";
  private static final String DEADLOCK = "40P01";
  private static final String CONNECTION = "08";

  /** The standard's "transaction resolution unknown". */
  private static final String UNKNOWN_END = "08007";

  private final DatabaseConfig config;
  private final HikariDataSource pool;
  private final Lookout lookout;
  private final CountDownLatch migrated = new CountDownLatch(1);
  private final CountDownLatch tried = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private Database(DatabaseConfig config) {
    this.config = config;
    this.pool = pool(config);
    this.lookout =
        new Lookout(
            config.url(),
            connecting(config, READINESS_PATIENCE, READINESS_PATIENCE),
            READINESS_PATIENCE);
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
    try {
      lookout.ask();
      return response.up().build();
    } catch (SQLException e) {
      return response.withData("reason", "no connection: " + e.getSQLState()).down().build();
    }
  }

  /**
   * Runs work in a transaction (read committed) and commits it. After a serialization failure, a
   * deadlock, or a connection that broke before the commit, it is run again, {@value #TRIES} times
   * in all; not after silence, which has taken long enough.
   *
   * @throws DatabaseAwayException when the database cannot be reached, is too slow, or is not
   *     migrated yet
   * @throws IllegalStateException when it refuses what was asked, which is a bug
   */
  public <T> T inTransaction(Transaction<T> work) {
    return tried(TRIES, connection -> committed(connection, work));
  }

  /**
   * The same for work that tells somebody what it reads while it reads, who would be told twice:
   * whatever breaks it, it is not run again.
   */
  public <T> T inTransactionOnce(Transaction<T> work) {
    return tried(1, connection -> committed(connection, work));
  }

  /**
   * The same for work that is one statement. The server commits it by itself when it is done, which
   * saves asking it to. When the connection breaks, nobody knows whether that has happened, so that
   * is not run again.
   */
  public <T> T inOneStatement(Transaction<T> work) {
    return tried(
        TRIES,
        connection -> {
          // The pool sets it back.
          connection.setAutoCommit(true);
          try {
            return work.run(connection);
          } catch (SQLException e) {
            throw unknownWhenBroken(e);
          }
        });
  }

  /** Half of its connections, for work that is to leave the others alone; one at least. */
  public Share half() {
    return new Share(this, Math.max(1, config.poolSize() / 2));
  }

  private <T> T tried(int tries, Transaction<T> work) {
    if (!migrated()) {
      throw new DatabaseAwayException("schema " + config.schema() + " is not migrated yet");
    }
    for (int attempt = 1; ; attempt++) {
      try (Connection connection = connection()) {
        return work.run(connection);
      } catch (SQLException e) {
        if (broken(e)) {
          // The others lead to the same server, and were made when this one was.
          pool.getHikariPoolMXBean().softEvictConnections();
        }
        if (!worthAnotherTry(e) || attempt == tries) {
          throw failure(e);
        }
        LOG.log(Level.DEBUG, "transaction is tried again: {0}", e.getMessage());
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(attempt * 10_000_000L));
      }
    }
  }

  /** Not asked for again: it was waited for long enough. */
  private Connection connection() {
    try {
      return pool.getConnection();
    } catch (SQLException e) {
      throw failure(e);
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
    lookout.close();
    pool.close();
  }

  private static <T> T committed(Connection connection, Transaction<T> work) throws SQLException {
    try {
      T result = work.run(connection);
      commit(connection);
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

  private static void commit(Connection connection) throws SQLException {
    try {
      connection.commit();
    } catch (SQLException e) {
      throw unknownWhenBroken(e);
    }
  }

  private static SQLException unknownWhenBroken(SQLException e) {
    return broken(e) ? new SQLException(e.getMessage(), UNKNOWN_END, e) : e;
  }

  private static boolean broken(SQLException e) {
    String state = e.getSQLState();
    return state != null && state.startsWith(CONNECTION);
  }

  private static boolean worthAnotherTry(SQLException e) {
    return SERIALIZATION_FAILURE.equals(e.getSQLState())
        || DEADLOCK.equals(e.getSQLState())
        || (broken(e)
            && !UNKNOWN_END.equals(e.getSQLState())
            && !(e.getCause() instanceof SocketTimeoutException));
  }

  private static RuntimeException failure(SQLException e) {
    String state = e.getSQLState();
    // 08: connection, 25006: read-only, as a replica that was not promoted yet, 53: out of
    // resources, 55P03: lock not available, 57: operator intervention and shutdown; Hikari's
    // time-out has no state at all.
    boolean away =
        state == null
            || broken(e)
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
        connect();
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

  /** Half of the pool's connections, so that they are not made while the first callers wait. */
  private void connect() {
    var made = new ArrayList<Connection>();
    try {
      while (made.size() < config.poolSize() / 2) {
        made.add(pool.getConnection());
      }
    } catch (SQLException e) {
      LOG.log(Level.INFO, "{0} connections to begin with: {1}", made.size(), e.getMessage());
    } finally {
      for (Connection connection : made) {
        giveBack(connection);
      }
    }
  }

  private static void giveBack(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.log(Level.DEBUG, "a connection broke at once: {0}", e.getMessage());
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
    Properties connecting = connecting(config, PATIENCE, SOCKET_PATIENCE);
    connecting.setProperty("options", SERVER_PATIENCE);
    hikari.setDataSourceProperties(connecting);
    hikari.setMaximumPoolSize(config.poolSize());
    hikari.setMinimumIdle(1);
    hikari.setConnectionTimeout(PATIENCE.toMillis());
    hikari.setValidationTimeout(1_000);
    hikari.setAutoCommit(false);
    // -1: the pool opens without a server and finds it later.
    hikari.setInitializationFailTimeout(-1);
    return new HikariDataSource(hikari);
  }

  private static Properties connecting(
      DatabaseConfig config, Duration patience, Duration socketPatience) {
    var properties = new Properties();
    properties.setProperty("user", config.user());
    properties.setProperty("password", config.password());
    properties.setProperty("currentSchema", config.schema());
    properties.setProperty("ApplicationName", "flotilla-" + config.schema());
    properties.setProperty("connectTimeout", String.valueOf(seconds(patience)));
    properties.setProperty("loginTimeout", String.valueOf(seconds(patience)));
    properties.setProperty("socketTimeout", String.valueOf(seconds(socketPatience)));
    properties.setProperty("tcpKeepAlive", "true");
    return properties;
  }

  private static int seconds(Duration duration) {
    return Math.toIntExact(duration.toSeconds());
  }
}
