package dev.flotilla.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where things are in the source tree. */
final class Project {
  static final Path TREE = Path.of("..").toAbsolutePath().normalize();
  static final Path CHART = TREE.resolve("helm/flotilla");
  static final Path K8S = TREE.resolve("k8s");

  private Project() {}

  static List<Path> filesIn(Path folder, String ending) {
    try (var files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One values file for each way people deploy. */
  static List<Path> waysToDeploy() {
    return filesIn(CHART.resolve("ci"), "-values.yaml");
  }
}
