package dev.flotilla.local.training;

import dev.flotilla.local.supervision.AotCache;
import dev.flotilla.local.supervision.Journal;
import dev.flotilla.local.supervision.OutOfTerminal;
import dev.flotilla.local.supervision.ProcessEnd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A {@link TrainingProcess} at the lowest priority, for which nobody waits. */
public final class BackgroundTraining {
  /** Any value that is not empty switches it off, for machines that have no gigabyte to spare. */
  public static final String SWITCHED_OFF = "FLOTILLA_NO_TRAINING";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private BackgroundTraining() {}

  /** Does nothing when every service has a cache that fits. Returns at once. */
  public static void start(Path tree, Journal journal) {
    if (isSwitchedOff() || TrainingProcess.isDone(tree)) {
      return;
    }
    try {
      var log = AotCache.folderIn(tree).resolve("training.log");
      var training =
          TrainingProcess.start(
              OutOfTerminal.shielded(List.of("nice", "-n", "19")),
              tree,
              System.getProperty("java.class.path"),
              log);
      journal.note("Preparing faster starts in the background; see " + log);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(training), "end-training"));
    } catch (IOException e) {
      journal.note("Faster starts cannot be prepared: " + e.getMessage());
    }
  }

  /** Whether this machine's owner wants no faster starts. */
  public static boolean isSwitchedOff() {
    return !System.getenv().getOrDefault(SWITCHED_OFF, "").isEmpty();
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
