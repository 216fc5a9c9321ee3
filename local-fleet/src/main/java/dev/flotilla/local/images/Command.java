package dev.flotilla.local.images;

import dev.flotilla.local.supervision.CannotStart;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A program that does one thing and ends. */
final class Command {
  private Command() {}

  /** Whether a program is on the PATH. */
  static boolean isThere(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  static String run(List<String> words) throws IOException, InterruptedException {
    return runIn(Path.of("").toAbsolutePath(), words);
  }

  /** The same with more variables. */
  static String run(List<String> words, Map<String, String> environment)
      throws IOException, InterruptedException {
    return run(Path.of("").toAbsolutePath(), words, environment);
  }

  /**
   * @return what it said on standard output, without blanks around it
   * @throws CannotStart when it fails, with what it said
   */
  static String runIn(Path folder, List<String> words) throws IOException, InterruptedException {
    return run(folder, words, Map.of());
  }

  private static String run(Path folder, List<String> words, Map<String, String> environment)
      throws IOException, InterruptedException {
    var complaints = Files.createTempFile("flotilla", ".err");
    try {
      var command =
          new ProcessBuilder(words).directory(folder.toFile()).redirectError(complaints.toFile());
      command.environment().putAll(environment);
      var process = command.start();
      process.getOutputStream().close();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new CannotStart(
            String.join(" ", words)
                + "\nended with status "
                + process.exitValue()
                + " and said:\n"
                + said
                + Files.readString(complaints, StandardCharsets.UTF_8));
      }
      return said.strip();
    } finally {
      Files.deleteIfExists(complaints);
    }
  }
}
