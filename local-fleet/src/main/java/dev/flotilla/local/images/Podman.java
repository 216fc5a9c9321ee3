package dev.flotilla.local.images;

import dev.flotilla.local.supervision.CannotStart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The program that builds and runs images. Stateless. */
final class Podman {
  static final String MISSING =
      "./fleet images needs podman, and there is none on the PATH. Install it and try again:"
          + "  apt-get install podman runc   |   dnf install podman   |   brew install podman";

  private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files +\\S+ +(\\d+)");

  private Podman() {}

  /**
   * @throws CannotStart when it is not on the PATH, saying how to install it
   */
  static void mustBeThere() {
    if (!Command.isThere("podman")) {
      throw new CannotStart(MISSING);
    }
  }

  /**
   * Runs it and waits for its end.
   *
   * @return what it said on standard output, without the last line's end
   * @throws CannotStart when it fails, with what it said
   */
  static String call(List<String> words) throws IOException, InterruptedException {
    return Command.run(command(words));
  }

  static List<String> command(List<String> words) {
    var command = new ArrayList<>(List.of("podman"));
    command.addAll(words);
    return command;
  }

  /**
   * Variables for {@code kube play}, which has no words for limits, on a machine on which root may
   * not do everything: a file of settings with {@link #modestLimits}. It stands in the place of the
   * machine's own, which is therefore kept where podman's limits can be set, or somebody named
   * another file.
   */
  static Map<String, String> modestSettings(Path file) throws IOException {
    var limits = Path.of("/proc/self/limits");
    if (System.getenv("CONTAINERS_CONF") != null
        || !"root".equals(System.getProperty("user.name"))
        || !Files.exists(limits)) {
      return Map.of();
    }
    var most = OPEN_FILES.matcher(Files.readString(limits, StandardCharsets.UTF_8));
    if (!most.find() || Long.parseLong(most.group(1)) >= 1_048_576) {
      return Map.of();
    }
    var words =
        modestLimits().stream()
            .filter(word -> !word.startsWith("--"))
            .map(word -> '"' + word + '"')
            .collect(Collectors.joining(", "));
    Files.writeString(file, "[containers]\ndefault_ulimits = [" + words + "]\n");
    return Map.of("CONTAINERS_CONF", file.toString());
  }

  /**
   * Words for {@code run} that a machine needs on which root may not do everything: limits that are
   * no higher than our own. Its own are, and could not be set.
   */
  static List<String> modestLimits() throws IOException {
    var limits = Path.of("/proc/self/limits");
    if (!Files.exists(limits)) {
      return List.of();
    }
    var found = OPEN_FILES.matcher(Files.readString(limits, StandardCharsets.UTF_8));
    long files = found.find() ? Math.min(65_536, Long.parseLong(found.group(1))) : 1024;
    return List.of("--ulimit", "nofile=" + files + ":" + files, "--ulimit", "nproc=4096:4096");
  }
}
