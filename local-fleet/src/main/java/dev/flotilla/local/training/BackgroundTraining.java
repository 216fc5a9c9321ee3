package dev.flotilla.local.training;

import dev.flotilla.local.supervision.AotCache;
import dev.flotilla.local.supervision.Journal;
import dev.flotilla.local.supervision.OutOfTerminal;
import dev.flotilla.local.supervision.ProcessEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A {@link Training} in a process of its own, which ends when this one does. */
public final class BackgroundTraining {
  /** Any value that is not empty switches it off, for machines that have no gigabyte to spare. */
  public static final String SWITCHED_OFF = "FLOTILLA_NO_TRAINING";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private BackgroundTraining() {}

  /** Does nothing when every service has a cache that fits. Returns at once. */
  public static void start(Path tree, Journal journal) {
    if (!System.getenv().getOrDefault(SWITCHED_OFF, "").isEmpty()
        || AotCache.allIn(tree).stream().allMatch(AotCache::fits)) {
      return;
    }
    try {
      var log = Files.createDirectories(AotCache.folderIn(tree)).resolve("training.log");
      var training =
          new ProcessBuilder(OutOfTerminal.shielded(command(tree)))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      journal.note("Preparing faster starts in the background; see " + log);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(training), "end-training"));
    } catch (IOException e) {
      journal.note("Faster starts cannot be prepared: " + e.getMessage());
    }
  }

  private static List<String> command(Path tree) {
    return List.of(
        "nice",
        "-n",
        "19",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx128m",
        "-XX:+UseSerialGC",
        "-cp",
        System.getProperty("java.class.path"),
        Training.class.getName(),
        tree.toString());
  }

  private static void end(Process training) {
    try {
      // What it reads the end of; see Training.
      training.getOutputStream().close();
    } catch (IOException alreadyGone) {
      return;
    }
    if (!ProcessEnd.within(PATIENCE, training.toHandle())) {
      training.destroyForcibly();
    }
  }
}
