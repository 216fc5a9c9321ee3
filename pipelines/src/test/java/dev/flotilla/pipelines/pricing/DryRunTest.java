package dev.flotilla.pipelines.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flotilla.catalog.Model;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.loading.Installation;
import dev.flotilla.pipelines.loading.Loaded;
import dev.flotilla.pipelines.loading.PipelineLoader;
import dev.flotilla.pipelines.loading.Pipelines;
import dev.flotilla.pipelines.loading.Surroundings;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DryRunTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Surroundings surroundings = Installation.simulated();
  private final DryRun run = new DryRun(surroundings, name -> Optional.empty());

  DryRunTest() throws IOException {}

  private Pipeline pipeline(String steps) {
    Loaded loaded =
        new PipelineLoader(surroundings)
            .load(
                "priced.yaml",
                """
                apiVersion: pipelines/v1
                name: priced
                input: {schema: {type: object, required: [words], properties: {words: {type: array, items: {type: string, maxLength: 10}, maxItems: 6}, text: {type: string}}}}
                """
                    + steps,
                List.of());
    return assertInstanceOf(Loaded.Good.class, loaded, loaded.toString()).pipeline();
  }

  private Amounts cost(String steps, String input) throws IOException {
    return run.price(pipeline(steps), input == null ? null : JSON.readTree(input), Map.of(), NOW)
        .total();
  }

  private Model model(String id) {
    return surroundings.catalog().find(id).orElseThrow();
  }

  @Test
  void the_highest_is_every_attempt_of_every_item_at_every_candidate() throws IOException {
    String one =
        "steps:\n  - {id: a, model: sim-north/fast, prompt: hello, max_tokens: 100, max_attempts: 1}\n";
    long once = cost(one, null).highest();
    long output = model("sim-north/fast").priceAt(NOW).most(0, 100);
    assertTrue(once > output && once < 3 * output + 1_000_000, once + " beside " + output);
    String fallback =
        "steps:\n  - {id: a, model: sim-north/fast, fallbacks: [sim-south/fast], prompt: hello, max_tokens: 100, max_attempts: 1}\n";
    assertEquals(2 * once, cost(fallback, null).highest());
    String items =
        "steps:\n  - {id: a, foreach: input.words, model: sim-north/fast, prompt: hello, max_tokens: 100, max_attempts: 1}\n";
    assertEquals(6 * once, cost(items, null).highest());
    assertEquals(2 * once, cost(items, "{\"words\": [\"a\", \"b\"]}").highest());
    String again =
        "steps:\n  - {id: a, model: sim-north/fast, prompt: hello, max_tokens: 100, max_attempts: 3}\n";
    assertTrue(
        cost(again, null).highest() > 3 * once, "an attempt after the first reads what was wrong");
  }

  @Test
  void of_a_switch_the_dearest_branch_counts_and_what_is_skipped_costs_nothing()
      throws IOException {
    String cheap =
        "{id: %s, model: sim-north/fast, prompt: hello, max_tokens: 100, max_attempts: 1}";
    String dear =
        "{id: %s, model: sim-north/flagship, prompt: hello, max_tokens: 100, max_attempts: 1}";
    String both =
        "steps:\n  - switch:\n      - {when: size(input.words) > 2, steps: [%s]}\n      - {steps: [%s]}\nresult: 'b != null ? b : c'\n"
            .formatted(cheap.formatted("b"), dear.formatted("c"));
    String dearest = "steps:\n  - " + dear.formatted("c") + "\n";
    assertEquals(cost(dearest, null).highest(), cost(both, null).highest());
    String skipped =
        "steps:\n  - {id: c, when: size(input.words) > 2, model: sim-north/flagship, prompt: hello}\n";
    assertEquals(Amounts.NOTHING, cost(skipped, "{\"words\": []}"));
    assertEquals(0, cost(skipped, null).lowest());
  }

  @Test
  void a_budget_bounds_what_nothing_else_does() throws IOException {
    String bounded =
        "budget: {max_cost_usd: 0.5}\nsteps:\n  - {id: a, foreach: input.text.split(' '), model: sim-north/fast, prompt: hello}\n";
    Estimate estimate = run.price(pipeline(bounded), null, Map.of(), NOW);
    assertEquals(500_000_000, estimate.total().highest());
    assertEquals(Long.MAX_VALUE, estimate.steps().getFirst().cost().highest());
    JsonNode json = EstimateJson.of(estimate);
    assertTrue(json.at("/steps/0/cost/highest").isNull(), json.toString());
    assertEquals("0.5", json.at("/cost/highest").asText());
  }

  @Test
  void what_steps_cost_before_is_expected_again() throws IOException {
    Pipeline pipeline =
        pipeline("steps:\n  - {id: a, model: sim-north/fast, prompt: hello, max_tokens: 1000}\n");
    Estimate estimate = run.price(pipeline, null, Map.of("a", 1_234L), NOW);
    assertEquals(1_234, estimate.total().expected());
    assertTrue(estimate.steps().getFirst().experienced());
  }

  @Test
  void a_bigger_input_can_cost_more_and_an_unknown_one_most() throws IOException {
    String reads =
        "steps:\n  - {id: a, model: sim-north/fast, prompt: '{{ input.text | data }}'}\n";
    long small = cost(reads, "{\"words\": [], \"text\": \"short\"}").highest();
    long big =
        cost(reads, "{\"words\": [], \"text\": \"" + "long ".repeat(2_000) + "\"}").highest();
    assertTrue(small < big, small + " " + big);
    assertTrue(big < cost(reads, null).highest());
  }

  @Test
  void what_a_step_writes_is_read_by_the_next() throws IOException {
    String two =
        """
        steps:
          - {id: a, model: sim-north/fast, prompt: hello, max_tokens: %d, max_attempts: 1}
          - {id: b, model: sim-north/flagship, prompt: '{{ a | data }}', max_tokens: 10, max_attempts: 1}
        """;
    long little = step(two.formatted(10), 1);
    long much = step(two.formatted(1_000), 1);
    assertTrue(
        much - little >= model("sim-north/flagship").priceAt(NOW).most(990, 0),
        little + " " + much);
  }

  private long step(String steps, int index) {
    return run.price(pipeline(steps), null, Map.of(), NOW).steps().get(index).cost().highest();
  }

  @Test
  void every_shipped_pipeline_has_a_highest_price() throws IOException {
    Pipelines shipped = Installation.shipped();
    var whole = new DryRun(Installation.whole(), shipped::named);
    for (Pipeline pipeline : shipped.all()) {
      Estimate estimate = whole.price(pipeline, null, Map.of(), NOW);
      assertTrue(estimate.total().highest() > 0, pipeline.name());
      assertTrue(estimate.total().highest() < Long.MAX_VALUE, pipeline.name());
      assertTrue(estimate.total().expected() > 0, pipeline.name());
      assertEquals(pipeline.steps().size(), estimate.steps().size());
    }
  }
}
