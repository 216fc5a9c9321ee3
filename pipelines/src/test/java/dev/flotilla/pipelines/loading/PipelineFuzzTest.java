package dev.flotilla.pipelines.loading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.picture.Graph;
import dev.flotilla.pipelines.pricing.Amounts;
import dev.flotilla.pipelines.pricing.DryRun;
import dev.flotilla.testkit.Fuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PipelineFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void whatever_is_in_a_file_is_a_pipeline_that_can_be_priced_and_drawn_or_named_with_its_place()
      throws IOException {
    var loader = new PipelineLoader(Installation.simulated());
    var run = new DryRun(loader.surroundings(), name -> Optional.empty());
    Fuzz.of("pipeline", shipped())
        .with(
            "${",
            "${input.",
            "}",
            "{{",
            "steps:\n",
            "- ",
            "  ",
            "for_each: ",
            "when: ",
            "&a ",
            "*a",
            "<<: ",
            "!!java/object ",
            "|\n",
            "'")
        .run(
            200,
            input -> {
              String text = new String(input, StandardCharsets.UTF_8);
              switch (loader.load("spoilt.yaml", text, List.of())) {
                case Loaded.Good(Pipeline pipeline, var warnings) -> {
                  Amounts cost = run.price(pipeline, null, Map.of(), NOW).total();
                  assertTrue(cost.lowest() >= 0 && cost.lowest() <= cost.highest(), "" + cost);
                  assertTrue(Graph.svg(pipeline).contains("<svg"));
                  assertEquals(pipeline.version(), PipelineLoader.again(text).version());
                }
                case Loaded.Bad(var problems, var warnings) -> {
                  assertFalse(problems.isEmpty());
                  problems.forEach(problem -> assertFalse(problem.message().isBlank()));
                }
              }
            });
  }

  private static List<String> shipped() throws IOException {
    var texts = new ArrayList<String>();
    try (var files = Files.list(Path.of("../config/pipelines"))) {
      for (Path file : files.sorted().toList()) {
        texts.add(Files.readString(file));
      }
    }
    return texts;
  }
}
