package dev.flotilla.local.doctor;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What the build needs. */
final class Tools {
  private static final int WANTED_JAVA = 25;
  private final Map<String, String> environment;

  Tools(Map<String, String> environment) {
    this.environment = environment;
  }

  List<Finding> look() {
    return List.of(jdk(Runtime.version()), maven());
  }

  static Finding jdk(Runtime.Version version) {
    var found = version + ", " + System.getProperty("java.home");
    return version.feature() == WANTED_JAVA
        ? Finding.well("JDK", found)
        : Finding.problem(
            "JDK",
            found,
            "the build asks for %d; install one beside it, ./fleet finds it: https://adoptium.net"
                .formatted(WANTED_JAVA));
  }

  private Finding maven() {
    var remedy = "install it: apt-get install maven | brew install maven | sdk install maven";
    var program = onPath("mvn");
    if (program.isEmpty()) {
      return Finding.problem("Maven", "no mvn on the PATH", remedy);
    }
    try {
      var process =
          new ProcessBuilder(program.get().toString(), "--version")
              .redirectErrorStream(true)
              .start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      // Coloured even here, and after warnings of a new JDK.
      return said.lines()
          .map(line -> line.replaceAll("\u001b\\[[0-9;]*m", ""))
          .filter(line -> line.startsWith("Apache Maven"))
          .map(line -> Finding.well("Maven", line.replaceAll(" \\(.*", "")))
          .findFirst()
          .orElseGet(() -> Finding.problem("Maven", program.get() + " does not work", remedy));
    } catch (IOException e) {
      return Finding.problem("Maven", String.valueOf(e.getMessage()), remedy);
    }
  }

  private Optional<Path> onPath(String program) {
    return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
        .map(directory -> Path.of(directory).resolve(program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
