package dev.flotilla.local.images;

import dev.flotilla.local.supervision.CannotStart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A program that does one thing and ends. */
final class Command {
  private Command() {}

  static String run(List<String> words) throws IOException, InterruptedException {
    return runIn(Path.of("").toAbsolutePath(), words);
  }

  /**
   * @return what it said on standard output, without blanks around it
   * @throws CannotStart when it fails, with what it said
   */
  static String runIn(Path folder, List<String> words) throws IOException, InterruptedException {
    var complaints = Files.createTempFile("flotilla", ".err");
    try {
      var process =
          new ProcessBuilder(words)
              .directory(folder.toFile())
              .redirectError(complaints.toFile())
              .start();
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
