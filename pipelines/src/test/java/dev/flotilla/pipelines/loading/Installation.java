package dev.flotilla.pipelines.loading;

import dev.flotilla.catalog.Catalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The configuration that Flotilla ships. */
public final class Installation {
  public static final Path CONFIGURATION = Path.of("../config");
  public static final Path PIPELINES = CONFIGURATION.resolve("pipelines");
  private static final Set<String> SIMULATORS = Set.of("sim-north", "sim-south", "sim-east");

  private Installation() {}

  /** With all providers of the catalogue. */
  public static Surroundings whole() throws IOException {
    return Surroundings.in(CONFIGURATION, Catalog.readAll(CONFIGURATION.resolve("catalog")));
  }

  /** As it is without any provider's key. */
  public static Surroundings simulated() throws IOException {
    return Surroundings.in(
        CONFIGURATION, Catalog.read(CONFIGURATION.resolve("catalog"), SIMULATORS));
  }

  public static List<Path> files() throws IOException {
    return yaml(PIPELINES);
  }

  static List<Path> yaml(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  static Map<String, String> texts(List<Path> files) throws IOException {
    var texts = new TreeMap<String, String>();
    for (Path file : new ArrayList<>(files)) {
      texts.put(file.getFileName().toString(), Files.readString(file));
    }
    return texts;
  }

  /** The shipped pipelines, which must be good. */
  public static Pipelines shipped() throws IOException {
    var folder = new PipelineFolder(PIPELINES, new PipelineLoader(whole()));
    return folder.look().orElseThrow();
  }
}
