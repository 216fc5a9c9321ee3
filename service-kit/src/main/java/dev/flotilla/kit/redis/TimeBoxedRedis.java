package dev.flotilla.kit.redis;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * Redis that nobody waits for. The first question that takes longer than its box, or finds Redis
 * away, is answered with "nothing" and opens the circuit: questions cost no time at all until a
 * ping in the background succeeds. That ping is sent at once, so that a hiccup is over within
 * milliseconds. Thread-safe.
 *
 * <p>The socket's own time-outs are not enough: a new connection has several round trips, each with
 * a time-out of its own.
 */
public final class TimeBoxedRedis implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(TimeBoxedRedis.class.getName());
  private static final int MAX_WAITING = 256;

  private final RedisClient redis;
  private final Duration box;
  private final Duration probeEvery;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore waiting = new Semaphore(MAX_WAITING);
  private final AtomicBoolean open = new AtomicBoolean();

  /**
   * @param address {@code redis://[user:password@]host:port[/db]} or {@code rediss://…}
   * @param box longest time a question may take
   * @param probeEvery how often an open circuit looks whether Redis is back
   */
  public TimeBoxedRedis(URI address, Duration box, Duration probeEvery) {
    this.box = box;
    this.probeEvery = probeEvery;
    int millis = Math.toIntExact(Math.max(1, box.toMillis()));
    GenericObjectPoolConfig<Connection> pool = new ConnectionPoolConfig();
    pool.setMaxTotal(32);
    pool.setMaxIdle(32);
    pool.setMinIdle(1);
    pool.setMaxWait(box);
    pool.setTestWhileIdle(false);
    pool.setJmxEnabled(false);
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
    this.redis =
        RedisClient.builder()
            .hostAndPort(
                new HostAndPort(
                    address.getHost(), JedisURIHelper.getHostAndPort(address).getPort()))
            .clientConfig(client.build())
            .poolConfig(pool)
            .build();
    // The first command of a process loads classes and opens a connection; no request should pay
    // for that.
    open.set(true);
    threads.execute(this::probe);
  }

  /**
   * Asks Redis; empty when it has no answer, is away, or is too slow. Never throws for Redis's
   * sake.
   */
  public <T> Optional<T> ask(Function<RedisClient, T> question) {
    if (open.get() || !waiting.tryAcquire()) {
      return Optional.empty();
    }
    var answer =
        threads.submit(
            () -> {
              try {
                return Optional.ofNullable(question.apply(redis));
              } finally {
                waiting.release();
              }
            });
    try {
      return answer.get(box.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      failed("no answer within " + box.toMillis() + " ms");
    } catch (ExecutionException e) {
      failed(String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
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
    while (!threads.isShutdown()) {
      try {
        redis.ping();
        closeCircuit();
        LOG.log(System.Logger.Level.INFO, "Redis answers");
        return;
      } catch (RuntimeException stillAway) {
        try {
          Thread.sleep(probeEvery);
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    redis.close();
  }
}
