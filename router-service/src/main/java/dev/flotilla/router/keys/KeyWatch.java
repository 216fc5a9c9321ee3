package dev.flotilla.router.keys;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.router.door.ApiKeys;
import dev.flotilla.router.door.KeyEntry;
import dev.flotilla.router.door.KeyFile;
import dev.flotilla.router.store.NoStore;
import dev.flotilla.router.store.Store;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;

/**
 * Looks again and again whether keys were changed: in the key file, and by administrators at any
 * router. While PostgreSQL is away the keys known before hold. Thread-safe.
 */
public final class KeyWatch implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(KeyWatch.class.getName());

  private final KeyFile file;
  private final ApiKeys keys;
  private final KeyBook book;
  private final boolean hasBook;
  private final Duration betweenLooks;
  private final Semaphore reasons = new Semaphore(0);
  private final Thread thread;
  private long version;
  private volatile long readNanos = System.nanoTime();
  private boolean away;

  private KeyWatch(KeyFile file, ApiKeys keys, Store store, Duration betweenLooks) {
    this.file = file;
    this.keys = keys;
    this.book = new KeyBook(store);
    this.hasBook = store.database().isPresent();
    this.betweenLooks = betweenLooks;
    this.thread = Thread.ofVirtual().name("keys").unstarted(this::work);
  }

  /** Begins to look. */
  public static KeyWatch start(
      KeyFile file, ApiKeys keys, Store store, Duration betweenLooks, MetricRegistry metrics) {
    var watch = new KeyWatch(file, keys, store, betweenLooks);
    gauge(
        metrics,
        MetricNames.KEY_FILE_STALE,
        "1 while the key file cannot be used and what was read before holds",
        () -> file.stale() ? 1L : 0L);
    gauge(
        metrics,
        MetricNames.KEYS_UNREAD,
        "Seconds since the issued keys were last known to be the newest; a revoked key may open for so long",
        () -> watch.hasBook ? (System.nanoTime() - watch.readNanos) / 1_000_000_000L : 0L);
    if (watch.hasBook) {
      keys.awaitIssued();
    }
    watch.thread.start();
    return watch;
  }

  private static void gauge(
      MetricRegistry metrics, String name, String description, Supplier<Long> now) {
    metrics.gauge(Metadata.builder().withName(name).withDescription(description).build(), now);
  }

  /** Where administrators ask. */
  public KeysRoute route() {
    return new KeysRoute(book, keys, this::lookNow);
  }

  /** Takes over at once what was changed here. */
  void lookNow() {
    look();
    reasons.release();
  }

  private void work() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        look();
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "keys could not be looked at", e);
      }
      try {
        if (reasons.tryAcquire(betweenLooks.toMillis(), TimeUnit.MILLISECONDS)) {
          reasons.drainPermits();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized void look() {
    file.look();
    if (!hasBook) {
      return;
    }
    try {
      long now = book.version();
      if (now != version) {
        List<KeyEntry> current = book.current();
        keys.replaceIssued(current);
        LOG.log(Level.INFO, "{0} issued keys open now", current.size());
        version = now;
      }
      readNanos = System.nanoTime();
      away = false;
    } catch (NoStore e) {
      if (!away) {
        LOG.log(Level.WARNING, "issued keys are not looked at: {0}", e.getMessage());
      }
      away = true;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
