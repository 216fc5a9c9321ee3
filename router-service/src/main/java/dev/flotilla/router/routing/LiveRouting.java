package dev.flotilla.router.routing;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Reloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.microprofile.metrics.MetricRegistry;

/**
 * The routing policy as its file says it now. The folder is looked at every few seconds; what is
 * read then takes effect with the next request, and what cannot be read leaves the last good policy
 * in place, is told in the log and counted as a failed reload. The model that savings are measured
 * against and what is to be learned stay as they were at the start. Thread-safe.
 */
public final class LiveRouting implements Supplier<Routing>, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(LiveRouting.class.getName());

  private final Path folder;
  private final Supplier<Routing> file;
  private final Duration betweenLooks;
  private final Reloads reloads;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Routing atStart;
  private volatile Routing now;

  private LiveRouting(
      Path folder, Supplier<Routing> file, Duration betweenLooks, MetricRegistry metrics) {
    this.folder = folder;
    this.file = file;
    this.betweenLooks = betweenLooks;
    this.atStart = file.get();
    this.now = atStart;
    this.reloads = Reloads.of("routing", metrics);
  }

  /**
   * Reads the policy.
   *
   * @param path of the file; what is beside it may belong to it, such as a trained model
   * @param file reads it
   * @throws ConfigurationException when it cannot be read at the start: then nothing good is known
   */
  public static LiveRouting open(
      Path path, Supplier<Routing> file, Duration betweenLooks, MetricRegistry metrics) {
    Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent());
    // Before it is read, or a change in between would never be seen.
    String seen = fingerprint(folder);
    var live = new LiveRouting(folder, file, betweenLooks, metrics);
    Thread.ofVirtual().name("routing-reload").start(() -> live.watch(seen));
    return live;
  }

  @Override
  public Routing get() {
    return now;
  }

  @Override
  public void close() {
    closed.countDown();
  }

  private void watch(String first) {
    String seen = first;
    try {
      while (!closed.await(betweenLooks.toNanos(), TimeUnit.NANOSECONDS)) {
        String here = fingerprint(folder);
        if (!here.equals(seen)) {
          seen = here;
          readAgain();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void readAgain() {
    try {
      Routing read = file.get();
      if (!read.version().equals(now.version())) {
        now = read;
        LOG.log(System.Logger.Level.INFO, "the routing policy was read again: {0}", read.version());
        if (!Objects.equals(read.baseline(), atStart.baseline())
            || !Objects.equals(read.learning(), atStart.learning())) {
          LOG.log(
              System.Logger.Level.WARNING,
              "baseline and learning stay as they were at the start; restart this router for them");
        }
      }
      reloads.succeeded();
    } catch (ConfigurationException e) {
      reloads.failed();
      LOG.log(
          System.Logger.Level.ERROR,
          "the routing policy stays as it was, because its file is wrong: {0}",
          e.getMessage());
    } catch (RuntimeException e) {
      reloads.failed();
      LOG.log(System.Logger.Level.ERROR, "the routing policy stays as it was", e);
    }
  }

  /** Another one whenever a file of the folder may be another one. */
  private static String fingerprint(Path folder) {
    var files = new TreeMap<String, String>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        files.put(
            each.getFileName().toString(),
            Files.getLastModifiedTime(each) + " " + Files.size(each));
      }
      return files.toString();
    } catch (IOException e) {
      // A volume is being swapped; the next look finds it.
      return "unreadable: " + e.getMessage();
    }
  }
}
