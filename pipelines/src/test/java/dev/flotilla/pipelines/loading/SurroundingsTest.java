package dev.flotilla.pipelines.loading;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SurroundingsTest {
  @Test
  void whom_a_gain_router_asks_is_reckoned_with(@TempDir Path folder) throws IOException {
    Files.writeString(
        folder.resolve("routing.yaml"),
        """
        task_types:
          standard:
            candidates: [sim-north/balanced]
            gain: {model: standard.gain, cheap: sim-north/fast, strong: sim-north/flagship, quality: 0.97}
          bulk: {candidates: [sim-north/fast]}
        """);
    var candidates =
        Surroundings.in(
                folder,
                Catalog.read(Installation.CONFIGURATION.resolve("catalog"), Set.of("sim-north")))
            .candidates();
    assertEquals(
        List.of("sim-north/balanced", "sim-north/fast", "sim-north/flagship"),
        candidates.get("standard").stream().map(Model::id).toList());
    assertEquals(1, candidates.get("bulk").size());
  }
}
