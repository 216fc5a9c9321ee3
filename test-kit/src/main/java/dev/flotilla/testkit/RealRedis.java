package dev.flotilla.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis. {@link #shared()} is one per JVM: the one named by {@code FLOTILLA_REDIS_URL} if
 * given, else a container when a Docker engine answers, else the embedded binary; it says once on
 * standard output which one it is. {@link #own()} is a process of the caller's own, always the
 * embedded binary, which may be stopped, started again on the same port, or frozen.
 *
 * <p>Thread-safe. All of them end with the JVM.
 */
public final class RealRedis implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static @Nullable RealRedis shared;

  private final URI url;
  private final @Nullable Path binary;
  private @Nullable Process process;

  private RealRedis(URI url, @Nullable Path binary) {
    this.url = url;
    this.binary = binary;
  }

  /**
   * The Redis that all tests of this JVM share; use keys of your own, or {@link #flush()} first.
   */
  public static synchronized RealRedis shared() {
    RealRedis known = shared;
    if (known == null) {
      known = find();
      shared = known;
    }
    return known;
  }

  /** A Redis nobody else uses, already started, on a free loopback port. */
  public static RealRedis own() {
    try {
      var redis =
          new RealRedis(
              URI.create("redis://127.0.0.1:" + FreePort.next()),
              ExecutableProvider.newJarResourceProvider().get().toPath());
      redis.start();
      Runtime.getRuntime().addShutdownHook(new Thread(redis::close));
      return redis;
    } catch (IOException e) {
      throw new UncheckedIOException("the embedded Redis could not be unpacked", e);
    }
  }

  /** {@code redis://host:port}, the same before and after a restart. */
  public String url() {
    return url.toString();
  }

  public String host() {
    return url.getHost();
  }

  public int port() {
    return url.getPort() < 0 ? 6379 : url.getPort();
  }

  /** Starts the process and returns when it answers; does nothing when it runs. */
  public synchronized void start() {
    if (process != null && process.isAlive()) {
      return;
    }
    if (binary == null) {
      throw notOurs("start");
    }
    List<String> command =
        List.of(
            binary.toString(),
            "--port",
            String.valueOf(port()),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no");
    try {
      Process started =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process = started;
      awaitPong(started);
    } catch (IOException e) {
      throw new UncheckedIOException("Redis did not start: " + command, e);
    }
  }

  /** Kills the process as a crash would; what it held is gone. */
  public synchronized void stop() {
    Process running = running("stop");
    running.destroyForcibly();
    running.onExit().join();
    process = null;
  }

  /** Freezes the process: connections stay open and connects succeed, but nobody answers. */
  public synchronized void pause() {
    signal("-STOP");
  }

  /** Ends a {@link #pause()}. */
  public synchronized void resume() {
    signal("-CONT");
  }

  /** Removes every key. */
  public void flush() {
    try {
      String reply = ask("FLUSHALL");
      if (!reply.equals("+OK")) {
        throw new IllegalStateException("FLUSHALL at " + url + " was answered with " + reply);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("FLUSHALL at " + url + " failed", e);
    }
  }

  /** Ends a process of ours for good; a Redis from the environment stays. */
  @Override
  public synchronized void close() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
    }
    process = null;
  }

  private static RealRedis find() {
    String given = System.getenv("FLOTILLA_REDIS_URL");
    if (given != null && !given.isBlank()) {
      System.out.println("[test-kit] Redis: FLOTILLA_REDIS_URL, " + given);
      return new RealRedis(URI.create(given), null);
    }
    if (DockerClientFactory.instance().isDockerAvailable()) {
      return container();
    }
    RealRedis redis = own();
    System.out.println("[test-kit] Redis: embedded, " + redis.url());
    return redis;
  }

  // Ends with the JVM: Testcontainers' reaper removes it.
  @SuppressWarnings("resource")
  private static RealRedis container() {
    var container = new GenericContainer<>("redis:7-alpine").withExposedPorts(6379);
    container.start();
    String url = "redis://" + container.getHost() + ":" + container.getMappedPort(6379);
    System.out.println("[test-kit] Redis: container, " + url);
    return new RealRedis(URI.create(url), null);
  }

  private void awaitPong(Process started) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        if (ask("PING").equals("+PONG")) {
          return;
        }
      } catch (IOException refused) {
        if (!started.isAlive() || System.nanoTime() > end) {
          throw refused;
        }
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  private String ask(String command) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(host(), port()), 1_000);
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String line = in.readLine();
      return line == null ? "" : line;
    }
  }

  private void signal(String signal) {
    Process running = running("signal");
    try {
      int code =
          new ProcessBuilder("kill", signal, String.valueOf(running.pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill " + signal + " ended with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Redis was sent " + signal, e);
    }
  }

  private Process running(String wish) {
    Process running = process;
    if (running == null) {
      throw notOurs(wish);
    }
    return running;
  }

  private IllegalStateException notOurs(String wish) {
    return new IllegalStateException(
        "cannot "
            + wish
            + " Redis at "
            + url
            + ": no running process of ours; use RealRedis.own()");
  }
}
