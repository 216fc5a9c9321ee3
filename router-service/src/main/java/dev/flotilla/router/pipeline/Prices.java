package dev.flotilla.router.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Money;
import dev.flotilla.kit.json.Json;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.pricing.Amounts;
import dev.flotilla.pipelines.pricing.DryRun;
import dev.flotilla.pipelines.pricing.Estimate;
import dev.flotilla.pipelines.pricing.StepEstimate;
import dev.flotilla.router.pipeline.journal.RunBook;
import dev.flotilla.router.store.NoStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/** What a run would cost, before it begins. */
final class Prices {
  private static final Duration EXPERIENCE = Duration.ofDays(30);

  private final Shelf shelf;
  private final RunBook book;

  Prices(Shelf shelf, RunBook book) {
    this.shelf = shelf;
    this.book = book;
  }

  /**
   * Prices a run of a team.
   *
   * @param input that the pipeline takes
   */
  ObjectNode of(Pipeline pipeline, JsonNode input, String team) {
    Estimate estimate =
        new DryRun(shelf.loader().surroundings(), shelf::find)
            .price(pipeline, input, experience(team, pipeline), Instant.now());
    ObjectNode json = Json.object().put("object", "pipeline.dry_run");
    json.put("pipeline", estimate.pipeline()).put("version", estimate.version());
    json.put("price_version", estimate.prices());
    amounts(estimate.total(), json);
    ArrayNode steps = json.putArray("steps");
    for (StepEstimate step : estimate.steps()) {
      ObjectNode one = steps.addObject().put("id", step.step());
      amounts(step.cost(), one);
      one.put("expected_from", step.experienced() ? "last 30 days" : "assumptions");
      step.assumptions().forEach(one.putArray("assumptions")::add);
    }
    estimate.assumptions().forEach(json.putArray("assumptions")::add);
    return json;
  }

  private Map<String, Long> experience(String team, Pipeline pipeline) {
    try {
      return book.averages(team, pipeline.name(), EXPERIENCE);
    } catch (NoStore e) {
      // Without experience the assumptions are all there is.
      return Map.of();
    }
  }

  private static void amounts(Amounts amounts, ObjectNode into) {
    into.put("lowest_usd", Money.usd(amounts.lowest()));
    into.put("expected_usd", Money.usd(amounts.expected()));
    // Null: nothing limits it.
    into.put(
        "highest_usd", amounts.highest() == Long.MAX_VALUE ? null : Money.usd(amounts.highest()));
  }
}
