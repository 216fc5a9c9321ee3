package dev.flotilla.kit.redis;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * Redis that nobody waits for. The first question that takes longer than its box, or finds Redis
 * away, is answered with "nothing" and opens the circuit: questions cost no time at all until a
 * ping in the background succeeds. That ping is sent at once, so that a hiccup is over within
 * milliseconds. Thread-safe.
 *
 * <p>A short question over a connection that is there already is asked by the caller's own thread:
 * it is written into the socket's buffer at once, and the socket's time-out is the box of the
 * answer. Everything else is asked by another thread, which the caller leaves behind when the box
 * is over: a new connection has several round trips with a time-out each, and writing has none at
 * all.
 */
public final class TimeBoxedRedis implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(TimeBoxedRedis.class.getName());

  /** Of questions, and so of connections. */
  private static final int MOST_AT_ONCE = 64;

  /** Fits into an empty socket's buffer on every system. */
  private static final int SHORT = 4_096;

  private final HostAndPort address;
  private final JedisClientConfig client;
  private final Duration box;
  private final Duration probeEvery;
  private final ConcurrentLinkedDeque<Line> idle = new ConcurrentLinkedDeque<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore room = new Semaphore(MOST_AT_ONCE);
  private final AtomicBoolean open = new AtomicBoolean();

  /**
   * @param address {@code redis://[user:password@]host:port[/db]} or {@code rediss://…}
   * @param box longest time a question may take
   * @param probeEvery how often an open circuit looks whether Redis is back
   */
  public TimeBoxedRedis(URI address, Duration box, Duration probeEvery) {
    this.box = box;
    this.probeEvery = probeEvery;
    this.address =
        new HostAndPort(address.getHost(), JedisURIHelper.getHostAndPort(address).getPort());
    int millis = Math.toIntExact(Math.max(1, box.toMillis()));
    var client =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis(millis)
            .socketTimeoutMillis(millis)
            .user(JedisURIHelper.getUser(address))
            .password(JedisURIHelper.getPassword(address))
            .database(JedisURIHelper.getDBIndex(address));
    if (JedisURIHelper.isRedisSSLScheme(address)) {
      client.sslOptions(SslOptions.defaults());
    }
    this.client = client.build();
    // The first command of a process loads classes and opens a connection; no request should pay
    // for that.
    open.set(true);
    threads.execute(this::probe);
  }

  /**
   * Asks Redis a short question; empty when it has no answer, is away, or is too slow. Never throws
   * for Redis's sake.
   */
  public <T> Optional<T> ask(Function<UnifiedJedis, T> question) {
    return ask(0, question);
  }

  /**
   * The same for a question that may be long.
   *
   * @param bytes about how many are sent
   */
  public <T> Optional<T> ask(int bytes, Function<UnifiedJedis, T> question) {
    if (open.get() || !mayAsk()) {
      return Optional.empty();
    }
    Line line = bytes <= SHORT ? idle.pollFirst() : null;
    try {
      return line == null ? askElsewhere(question) : Optional.ofNullable(askOver(line, question));
    } catch (TimeoutException e) {
      failed("no answer within " + box.toMillis() + " ms");
    } catch (ExecutionException e) {
      failed(String.valueOf(e.getCause()));
    } catch (JedisException e) {
      failed(e.toString());
    } catch (RejectedExecutionException closing) {
      room.release();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  /** Whether there is room for one more question; {@link #askOver} makes room again. */
  private boolean mayAsk() {
    try {
      return room.tryAcquire(box.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private <T> Optional<T> askElsewhere(Function<UnifiedJedis, T> question)
      throws InterruptedException, ExecutionException, TimeoutException {
    return threads
        .submit(() -> Optional.ofNullable(askOver(null, question)))
        .get(box.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * @param line a connection; null for any, be it a new one
   */
  private <T> @Nullable T askOver(@Nullable Line line, Function<UnifiedJedis, T> question) {
    try {
      Line mine = line == null ? anyLine() : line;
      boolean sound = false;
      try {
        T answer = question.apply(mine);
        sound = true;
        return answer;
      } catch (JedisDataException refused) {
        // Redis spoke, so the connection is as good as before.
        sound = true;
        throw refused;
      } finally {
        if (sound && !threads.isShutdown()) {
          idle.addFirst(mine);
        } else {
          mine.close();
        }
      }
    } finally {
      room.release();
    }
  }

  private Line anyLine() {
    Line line = idle.pollFirst();
    return line == null ? new Line(address, client) : line;
  }

  /** Whether questions are asked at all at the moment. */
  public boolean available() {
    return !open.get();
  }

  /**
   * Waits until questions are asked again.
   *
   * @return whether they are; false when {@code patience} is over
   */
  public synchronized boolean awaitAvailable(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    for (long left; open.get() && (left = end - System.nanoTime()) > 0; ) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return !open.get();
  }

  private synchronized void closeCircuit() {
    open.set(false);
    notifyAll();
  }

  private void failed(String why) {
    if (open.compareAndSet(false, true)) {
      LOG.log(System.Logger.Level.WARNING, "Redis is passed over until it answers again: {0}", why);
      threads.execute(this::probe);
    }
  }

  private void probe() {
    // What was connected before may be connected to nobody.
    closeIdle();
    while (!threads.isShutdown()) {
      try {
        var line = new Line(address, client);
        line.ping();
        idle.addFirst(line);
        closeCircuit();
        LOG.log(System.Logger.Level.INFO, "Redis answers");
        return;
      } catch (JedisException stillAway) {
        try {
          Thread.sleep(probeEvery);
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }

  private void closeIdle() {
    for (Line line = idle.pollFirst(); line != null; line = idle.pollFirst()) {
      line.close();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    closeIdle();
  }
}
