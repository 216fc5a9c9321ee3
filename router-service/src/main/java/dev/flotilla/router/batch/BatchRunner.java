package dev.flotilla.router.batch;

import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.postgres.DatabaseAwayException;
import dev.flotilla.router.store.NoStore;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Works on batches, whoever took them in. Every process that does so takes items for as long as it
 * lives; what a dead one held is taken over when its lease has ended, under the same idempotency
 * key, so that an answer that was paid is given again and not bought twice. Start reading with
 * {@link #workOn}. Thread-safe.
 */
final class BatchRunner {
  private static final System.Logger LOG = System.getLogger(BatchRunner.class.getName());
  private static final int MOST_CRASHES = 3;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration BETWEEN_FORGETTING = Duration.ofHours(1);

  private final BatchStore store;
  private final BatchWork work;
  private final Bell bell;
  private final BatchConfig config;
  private final String holder = UUID.randomUUID().toString();
  private final Semaphore room;
  private final Thread taker = Thread.ofVirtual().name("batches").unstarted(this::takeAll);
  private final Thread heart = Thread.ofVirtual().name("batch-leases").unstarted(this::beat);
  private volatile boolean closed;

  BatchRunner(BatchStore store, BatchWork work, Bell bell, BatchConfig config) {
    this.store = store;
    this.work = work;
    this.bell = bell;
    this.config = config;
    this.room = new Semaphore(config.mostInFlight());
  }

  void start() {
    taker.start();
    heart.start();
  }

  private void takeAll() {
    while (!closed) {
      long heard = bell.rings();
      Duration pause = config.look();
      try {
        if (takeOnce() > 0) {
          continue;
        }
      } catch (NoStore | DatabaseAwayException e) {
        LOG.log(Level.DEBUG, "batches are looked at later: {0}", e.getMessage());
        pause = AFTER_FAILURE;
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "batches could not be looked at", e);
      }
      try {
        bell.await(heard, pause);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** Takes what there is room for; says how many items that were. */
  private int takeOnce() {
    int taken = 0;
    for (String batch : store.open()) {
      int free = room.drainPermits();
      if (free == 0) {
        return 0;
      }
      List<Claimed> items = List.of();
      try {
        items = store.take(batch, holder, free, work::price);
      } finally {
        room.release(free - items.size());
      }
      for (Claimed item : items) {
        Thread.ofVirtual().name("batch-item").start(() -> workOnAndMakeRoom(item));
      }
      taken += items.size();
    }
    return taken;
  }

  private void workOnAndMakeRoom(Claimed item) {
    try {
      workOn(item);
    } finally {
      room.release();
      bell.ring();
    }
  }

  /** An item from its beginning to what is on record of it. */
  private void workOn(Claimed item) {
    ItemEnd end;
    if (item.crashes() >= MOST_CRASHES) {
      end = failed(item, BatchErrors.interrupted(item.crashes()));
    } else {
      try {
        end = work.perform(item);
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "item " + item.requestId() + " failed unexpectedly", e);
        end = failed(item, BatchErrors.unexpected());
      }
    }
    while (!written(item, end) && !closed) {
      pause(AFTER_FAILURE);
    }
  }

  private static ItemEnd failed(Claimed item, ApiError error) {
    return new ItemEnd.Failed(error, error.body(item.requestId()), false, false, Spent.NOTHING);
  }

  /** False when it must be tried again, because the database is away. */
  private boolean written(Claimed item, ItemEnd end) {
    try {
      write(item, end);
      return true;
    } catch (NoStore | DatabaseAwayException e) {
      LOG.log(Level.WARNING, "the end of item {0} is written later", item.requestId());
      return false;
    }
  }

  private void write(Claimed item, ItemEnd end) {
    switch (end) {
      case ItemEnd.Answered(var body, var spent) -> store.end(item, 200, body, null, spent);
      case ItemEnd.Failed(var error, var body, boolean mayPass, boolean untold, var spent) -> {
        Duration pause = FIRST_PAUSE.multipliedBy((long) Math.pow(3, item.retries()));
        boolean inTime = Instant.now().plus(pause).isBefore(item.batch().expiresAt());
        if (mayPass && inTime && item.retries() < config.mostRetries()) {
          // What may have been paid is asked for under the same key again.
          store.later(item, untold ? 0 : 1, untold ? 1 : 0, pause, false, spent);
        } else {
          store.end(item, error.status(), body, BatchErrors.of(error), spent);
        }
      }
      case ItemEnd.TooSoon(Duration pause, var spent) ->
          store.later(item, 0, 0, pause, true, spent);
      case ItemEnd.Running(String runId, Duration look) -> store.runs(item, runId, look);
    }
  }

  /** Says of all items held here that they are, and now and then forgets old batches. */
  private void beat() {
    Instant forgetAt = Instant.MIN;
    while (!closed) {
      try {
        if (room.availablePermits() < config.mostInFlight()) {
          store.stillThere(holder);
        }
        if (Instant.now().isAfter(forgetAt)) {
          store.forget(config.keep());
          forgetAt = Instant.now().plus(BETWEEN_FORGETTING);
        }
      } catch (NoStore | DatabaseAwayException e) {
        LOG.log(Level.DEBUG, "leases of batches are not renewed: {0}", e.getMessage());
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "leases of batches could not be renewed", e);
      }
      pause(config.lease().dividedBy(3));
    }
  }

  private static void pause(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Begins nothing more, and waits that long for what was begun; what is left others take over. */
  void leave(Duration patience) {
    closed = true;
    taker.interrupt();
    try {
      if (!room.tryAcquire(config.mostInFlight(), patience.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(Level.INFO, "items of batches are left to others");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    heart.interrupt();
  }
}
