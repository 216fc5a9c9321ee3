package dev.flotilla.pipelines.pricing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Money;
import java.util.List;

/** An estimate as callers get it: amounts in dollars, and null where nothing limits them. */
public final class EstimateJson {
  private EstimateJson() {}

  public static ObjectNode of(Estimate estimate) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("object", "pipeline.estimate")
            .put("pipeline", estimate.pipeline())
            .put("version", estimate.version())
            .put("price_version", estimate.prices())
            .put("currency", "usd");
    json.set("cost", amounts(estimate.total()));
    ArrayNode steps = json.putArray("steps");
    for (StepEstimate step : estimate.steps()) {
      ObjectNode one = steps.addObject().put("id", step.step());
      one.set("cost", amounts(step.cost()));
      one.put("expected_from", step.experienced() ? "experience" : "assumptions");
      one.set("assumptions", texts(step.assumptions()));
    }
    json.set("assumptions", texts(estimate.assumptions()));
    return json;
  }

  private static ObjectNode amounts(Amounts cost) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("lowest", Money.usd(cost.lowest()))
            .put("expected", Money.usd(cost.expected()));
    if (cost.highest() == Long.MAX_VALUE) {
      json.putNull("highest");
    } else {
      json.put("highest", Money.usd(cost.highest()));
    }
    return json;
  }

  private static ArrayNode texts(List<String> texts) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    texts.forEach(array::add);
    return array;
  }
}
