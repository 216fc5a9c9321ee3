package dev.flotilla.router.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Reloads;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.router.Porters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderShelfTest {
  private static final Path SHIPPED = Path.of("..", "config");

  @TempDir Path folder;

  private static Set<String> names(Path configuration, String... providers) {
    Catalog catalog = Catalog.read(configuration.resolve("catalog"), Set.of(providers));
    return FolderShelf.open(
            configuration, catalog, Duration.ofHours(1), Reloads.of("pipelines", Porters.METRICS))
        .all()
        .stream()
        .map(Pipeline::name)
        .collect(Collectors.toSet());
  }

  @Test
  void with_one_providers_key_the_pipelines_that_need_more_are_left_out_and_the_others_are_there() {
    Set<String> all = names(SHIPPED, "sim-north", "sim-south", "sim-east");
    for (String only : new String[] {"openai", "anthropic", "gemini", "deepseek"}) {
      Set<String> there = names(SHIPPED, only);
      assertTrue(all.containsAll(there) && there.size() >= all.size() - 3, only + ": " + there);
      assertTrue(!there.contains("plan-implement-review"), only + " has one family only");
    }
    assertEquals(9, all.size(), all.toString());
  }

  @Test
  void what_is_wrong_with_any_providers_stops_the_start() throws IOException {
    try (Stream<Path> files = Files.walk(SHIPPED)) {
      for (Path file : files.toList()) {
        Path copy = folder.resolve(SHIPPED.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
    Path review = folder.resolve("pipelines/plan-implement-review.yaml");
    Files.writeString(review, Files.readString(review).replace("two-of-three", "two-of-tree"));
    var refused = assertThrows(ConfigurationException.class, () -> names(folder, "openai"));
    assertTrue(String.valueOf(refused.getMessage()).contains("two-of-tree"), refused.getMessage());
  }
}
