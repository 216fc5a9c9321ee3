package dev.flotilla.pipelines.loading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.pipelines.definition.Action;
import dev.flotilla.pipelines.definition.Each;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.definition.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PipelineLoaderTest {
  private static final String HEAD = "apiVersion: pipelines/v1\nname: p\n";

  private static Pipeline good(String text) {
    Loaded loaded =
        new PipelineLoader(Surroundings.unknown()).load("p.yaml", HEAD + text, List.of());
    return assertInstanceOf(Loaded.Good.class, loaded, loaded.toString()).pipeline();
  }

  @Test
  void what_a_step_does_not_say_it_takes_from_the_defaults() {
    Pipeline pipeline =
        good(
            """
            defaults: {task_type: bulk, fallbacks: [fast], timeout: 30s, max_tokens: 70, cache: false, on_invalid: fail}
            steps:
              - {id: a, prompt: hello}
              - {id: b, model: flagship, fallbacks: [], max_tokens: 5, timeout: 1m, prompt: hello}
              - {id: c, value: '1'}
            """);
    Step a = pipeline.steps().getFirst();
    var asked = (Action.ModelCall) a.action();
    assertEquals(new Target.ByTaskType("bulk", List.of("fast")), asked.target());
    assertEquals(70, asked.maxTokens());
    assertEquals(Duration.ofSeconds(30), a.timeout());
    var other = (Action.ModelCall) pipeline.steps().get(1).action();
    assertEquals(new Target.ByModel("bulk", "flagship", List.of()), other.target());
    assertEquals(5, other.maxTokens());
    assertEquals(null, pipeline.steps().get(2).timeout());
  }

  @Test
  void the_longest_list_follows_from_its_schema() {
    Pipeline pipeline =
        good(
            """
            input: {schema: {type: object, required: [words], properties: {words: {type: array, maxItems: 7, items: {type: string}}}}}
            steps:
              - {id: a, foreach: input.words, prompt: '{{ item | data }}'}
              - {id: b, foreach: a, as: text, prompt: '{{ text | data }}'}
              - {id: c, foreach: '[1, 2, 3]', prompt: 'Say {{ item }}'}
              - {id: d, foreach: a, max_items: 2, prompt: '{{ item | data }}'}
            result: '[b, c, d]'
            """);
    assertEquals(
        List.of(7, 7, 3, 2),
        pipeline.steps().stream()
            .map(Step::each)
            .map(Objects::requireNonNull)
            .map(Each::maxItems)
            .toList());
  }

  @Test
  void a_run_can_read_its_snapshot_even_when_today_it_would_be_refused() {
    Pipeline pipeline =
        PipelineLoader.again(
            HEAD
                + "colour: red\nsteps:\n  - {id: a, model: gone/away, prompt: '{{ nobody }}', shade: 7}\n"
                + "result: a.b.c\n");
    assertEquals(
        Set.of("nobody"),
        call(pipeline)
            .messages()
            .getFirst()
            .parts()
            .getFirst()
            .texts()
            .findFirst()
            .orElseThrow()
            .names());
    assertThrows(
        IllegalArgumentException.class,
        () -> PipelineLoader.again(HEAD + "steps:\n  - {id: a, prompt: '{{ nobody'}\n"));
  }

  private static Action.ModelCall call(Pipeline pipeline) {
    return (Action.ModelCall) pipeline.steps().getFirst().action();
  }

  @Test
  void reviewers_that_cannot_be_independent_of_the_author_are_found_before_a_run_does()
      throws IOException {
    Catalog one = Catalog.read(Installation.CONFIGURATION.resolve("catalog"), Set.of("sim-north"));
    var loader = new PipelineLoader(Surroundings.in(Installation.CONFIGURATION, one));
    String text = Files.readString(Installation.PIPELINES.resolve("plan-implement-review.yaml"));
    var bad = assertInstanceOf(Loaded.Bad.class, loader.load("p.yaml", text, List.of()));
    assertTrue(
        bad.problems()
            .toString()
            .contains(
                "review.review.policy: needs 3 reviewers that share no family with the author"),
        bad.problems().toString());
  }
}
