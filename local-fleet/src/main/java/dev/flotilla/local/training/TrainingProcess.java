package dev.flotilla.local.training;

import dev.flotilla.local.supervision.AotCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@link Training} in a process of its own, which ends when this one does. */
public final class TrainingProcess {
  private TrainingProcess() {}

  /** Whether every service has a cache that fits, so that there is nothing to prepare. */
  public static boolean isDone(Path tree) {
    return AotCache.allIn(tree).stream().allMatch(AotCache::fits);
  }

  /**
   * Prepares what is missing and returns when it is there, which takes about a minute. Without it
   * services only start more slowly.
   *
   * @param classPath on which {@link Training} is
   * @param log what it said
   * @return whether every service has a cache now
   */
  public static boolean await(Path tree, String classPath, Path log)
      throws IOException, InterruptedException {
    return isDone(tree) || start(List.of(), tree, classPath, log).waitFor() == 0;
  }

  /**
   * @param before words before the command, such as those that give it a lower priority
   */
  static Process start(List<String> before, Path tree, String classPath, Path log)
      throws IOException {
    var command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-cp",
            classPath,
            Training.class.getName(),
            tree.toString()));
    Files.createDirectories(log.toAbsolutePath().getParent());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }
}
