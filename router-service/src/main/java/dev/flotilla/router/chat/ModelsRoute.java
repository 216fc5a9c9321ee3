package dev.flotilla.router.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Price;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.routing.RoutePolicy;
import java.math.BigDecimal;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;

/** {@code GET /v1/models}: what this caller can write into {@code model}. */
public final class ModelsRoute implements DoorHandler {
  private final Catalog catalog;
  private final InstantSource clock;

  public ModelsRoute(Catalog catalog, InstantSource clock) {
    this.catalog = catalog;
    this.clock = clock;
  }

  @Override
  public void answer(Visit visit) {
    ObjectNode page = Json.object().put("object", "list");
    ArrayNode data = page.putArray("data");
    List<Model> allowed =
        catalog.models().stream().filter(m -> visit.caller().mayUse(m.id())).toList();
    choice(data, RoutePolicy.AUTO, "the router classifies the task and chooses");
    for (TaskType type : TaskType.values()) {
      choice(
          data,
          RoutePolicy.AUTO + "/" + type.word(),
          "the router's choice for " + type.word() + " tasks");
    }
    for (String alias : catalog.aliases().stream().sorted().toList()) {
      List<String> behind =
          catalog.resolve(alias).stream().filter(allowed::contains).map(Model::id).toList();
      if (!behind.isEmpty()) {
        choice(data, alias, "stands for " + String.join(", then ", behind));
      }
    }
    allowed.forEach(model -> model(data.addObject(), model));
    visit.send(200, page);
  }

  private static void choice(ArrayNode data, String id, String description) {
    data.addObject()
        .put("id", id)
        .put("object", "model")
        .put("created", 0)
        .put("owned_by", "flotilla")
        .put("description", description);
  }

  private void model(ObjectNode one, Model model) {
    Price price = model.priceAt(clock.instant());
    one.put("id", model.id());
    one.put("object", "model");
    one.put(
        "created", model.prices().getFirst().from().atStartOfDay(ZoneOffset.UTC).toEpochSecond());
    one.put("owned_by", model.provider().id());
    one.put("context_length", model.contextTokens());
    one.put("max_output_tokens", model.maxOutputTokens());
    one.putObject("pricing")
        .put("prompt", perToken(price.input()))
        .put("completion", perToken(price.output()));
    ArrayNode supported = one.putArray("supported_parameters");
    model.supports().stream().sorted().forEach(supported::add);
    one.put("simulated", model.provider().simulated());
  }

  /** USD per token as text, because 2.8e-9 does not survive a double in every client. */
  private static String perToken(long pico) {
    return BigDecimal.valueOf(pico, 12).stripTrailingZeros().toPlainString();
  }
}
