package dev.flotilla.kit.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whether the server answers, asked over a connection of its own: an exhausted pool is load, and
 * must not take this instance out of service. The connection is kept, because making one costs the
 * server a process, and this is asked every few seconds by everybody who balances. Thread-safe; one
 * asks at a time.
 */
final class Lookout implements AutoCloseable {
  private final String url;
  private final Properties properties;
  private final Duration patience;
  private final ReentrantLock asking = new ReentrantLock();

  // Guarded by asking.
  private @Nullable Connection kept;
  private boolean closed;

  /**
   * @param patience for an answer, and for a connection; whole seconds
   */
  Lookout(String url, Properties properties, Duration patience) {
    this.url = url;
    this.properties = properties;
    this.patience = patience;
  }

  /**
   * Returns when it answered. A connection that broke is made anew; one that is silent for all of
   * its patience is not, so that nobody waits twice.
   *
   * @throws SQLException when it did not answer
   */
  void ask() throws SQLException {
    asking.lock();
    try {
      if (closed) {
        throw new SQLException("closed", "08003");
      }
      long began = System.nanoTime();
      if (kept == null || !kept.isValid(seconds())) {
        forget();
        if (System.nanoTime() - began >= patience.toNanos()) {
          throw new SQLException("no answer in " + patience, "08006");
        }
        kept = DriverManager.getConnection(url, properties);
      }
    } finally {
      asking.unlock();
    }
  }

  @Override
  public void close() {
    asking.lock();
    try {
      closed = true;
      forget();
    } finally {
      asking.unlock();
    }
  }

  private int seconds() {
    return Math.toIntExact(patience.toSeconds());
  }

  private void forget() {
    Connection broken = kept;
    kept = null;
    if (broken != null) {
      try {
        broken.close();
      } catch (SQLException e) {
        // It was broken, and is forgotten.
      }
    }
  }
}
