package dev.flotilla.router.operations;

import dev.flotilla.router.store.NoStore;
import dev.flotilla.router.store.Store;
import java.lang.System.Logger.Level;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Providers that are drained, as this router knows them: kept in PostgreSQL, so that a restart
 * forgets none, and read by every router every so often, so that no request waits for it. While the
 * database is away the last that was read holds. Without a database none is ever drained.
 * Thread-safe.
 */
public final class Drains implements Predicate<String>, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Drains.class.getName());

  private static final String ALL = "select provider, since, by_key from drained_provider";
  private static final String ADD =
      "insert into drained_provider (provider, by_key) values (?, ?) on conflict do nothing";
  private static final String REMOVE = "delete from drained_provider where provider = ?";

  private final Store store;
  private final Duration between;
  private final CountDownLatch leaving = new CountDownLatch(1);
  private volatile Map<String, Drained> known = Map.of();

  private Drains(Store store, Duration between) {
    this.store = store;
    this.between = between;
  }

  /**
   * Begins to read.
   *
   * @param between looks at what other routers were told
   */
  public static Drains open(Store store, Duration between) {
    var drains = new Drains(store, between);
    if (store.database().isPresent()) {
      Thread.ofVirtual().name("drains").start(drains::follow);
    }
    return drains;
  }

  /** Whether nobody is to choose this provider. */
  @Override
  public boolean test(String provider) {
    return known.containsKey(provider);
  }

  Optional<Drained> of(String provider) {
    return Optional.ofNullable(known.get(provider));
  }

  /**
   * Nobody is to choose it from now on; who was first to say so is remembered.
   *
   * @param by id of a key
   * @throws NoStore when this cannot be kept
   */
  Drained drain(String provider, String by) {
    change(ADD, provider, by);
    return of(provider).orElseGet(() -> new Drained(provider, Instant.now(), by));
  }

  /**
   * It may be chosen again.
   *
   * @throws NoStore when this cannot be kept
   */
  void restore(String provider) {
    change(REMOVE, provider);
  }

  private void change(String sql, String... values) {
    int changed =
        store.inOneStatement(
            connection -> {
              try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                  statement.setString(i + 1, values[i]);
                }
                return statement.executeUpdate();
              }
            });
    if (changed > 0) {
      LOG.log(
          Level.WARNING,
          sql.equals(ADD)
              ? "{0} is drained: nobody chooses it until somebody ends that"
              : "{0} may be chosen again",
          values[0]);
    }
    read();
  }

  private void follow() {
    try {
      do {
        try {
          read();
        } catch (NoStore away) {
          LOG.log(Level.DEBUG, "The last that was known of drained providers holds", away);
        }
      } while (!leaving.await(between.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void read() {
    known =
        store.inOneStatement(
            connection -> {
              try (PreparedStatement statement = connection.prepareStatement(ALL);
                  ResultSet rows = statement.executeQuery()) {
                var all = new HashMap<String, Drained>();
                while (rows.next()) {
                  String provider = rows.getString("provider");
                  all.put(
                      provider,
                      new Drained(
                          provider,
                          rows.getTimestamp("since").toInstant(),
                          rows.getString("by_key")));
                }
                return Map.copyOf(all);
              }
            });
  }

  @Override
  public void close() {
    leaving.countDown();
  }
}
