package dev.flotilla.tests;

import dev.flotilla.local.training.TrainingProcess;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What {@code ./fleet up} prepares in the background: a rehearsal takes a minute, and every fleet
 * of the tests then starts in half the time. Only where the whole suite runs ({@code
 * -Dfleet.faster-starts}); for a few tests it is not worth it.
 */
final class FasterStarts {
  private static boolean tried;

  private FasterStarts() {}

  /** Waits while another test JVM prepares them. Without them services only start more slowly. */
  static synchronized void prepare() {
    if (!Boolean.getBoolean("fleet.faster-starts") || tried) {
      return;
    }
    tried = true;
    Path lock = FleetUnderTest.TREE.resolve("fleet-tests/target/faster-starts.lock");
    Path said = lock.resolveSibling("faster-starts.log");
    try (var channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = channel.lock()) {
      if (held.isValid()
          && !TrainingProcess.await(
              FleetUnderTest.TREE,
              // Surefire's own JVM has a jar that only names the others.
              System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
              said)) {
        System.err.println("no faster starts, see " + said);
      }
    } catch (IOException e) {
      System.err.println("no faster starts: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
