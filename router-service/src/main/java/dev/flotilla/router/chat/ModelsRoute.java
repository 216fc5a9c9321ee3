package dev.flotilla.router.chat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Embedding;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Price;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.DoorDialect;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.routing.Routing;
import dev.flotilla.router.upstream.Circuits;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * {@code GET /v1/models}: what this caller can write into {@code model}. Each entry has the fields
 * of OpenAI, Anthropic and OpenRouter, whose names do not collide.
 */
public final class ModelsRoute implements DoorHandler {
  private static final String BELOW = "/v1/models/";

  private final Catalog catalog;
  private final Supplier<Routing> routing;
  private final Circuits circuits;
  private final InstantSource clock;
  private final Supplier<Map<String, String>> more;

  /**
   * @param more what else can be written into {@code model}, with its description
   */
  public ModelsRoute(
      Catalog catalog,
      Supplier<Routing> routing,
      Circuits circuits,
      InstantSource clock,
      Supplier<Map<String, String>> more) {
    this.catalog = catalog;
    this.routing = routing;
    this.circuits = circuits;
    this.clock = clock;
    this.more = more;
  }

  /**
   * @param listed the dialects of all clients that ask for models
   */
  public List<Door> doors(DoorDialect listed) {
    String lists = "Lists what can be written into 'model'.";
    String describes = "Tells about one of them.";
    return List.of(
        new Door("GET", "/v1/models", Role.READERS, 0, lists, listed, this),
        new Door("GET", "/v1/models/*", Role.READERS, 0, describes, listed, this::one),
        new Door("GET", "/models", Role.READERS, 0, lists, listed, this));
  }

  @Override
  public void answer(Visit visit) {
    ObjectNode page = Json.object().put("object", "list");
    ArrayNode data = page.putArray("data");
    all(visit.caller(), circuits.states(visit.requestId())).forEach(data::add);
    page.set("first_id", data.path(0).path("id"));
    page.set("last_id", data.path(data.size() - 1).path("id"));
    visit.send(200, page.put("has_more", false));
  }

  /** {@code GET /v1/models/{id}}: one of them; an id has a slash in it. */
  public void one(Visit visit) {
    String path = visit.request().path().path();
    String id = path.substring(Math.min(path.length(), BELOW.length()));
    Map<String, String> states = circuits.states(visit.requestId());
    Optional<ObjectNode> found =
        all(visit.caller(), states).stream()
            .filter(entry -> entry.path("id").asText().equals(id))
            .findFirst()
            .or(() -> failing(id, visit.caller(), states));
    if (found.isPresent()) {
      visit.send(200, found.get());
    } else {
      visit.send(RoutePolicy.unknownModel(catalog, id, "model"));
    }
  }

  /** A simulated model that is told to fail is in no list. */
  private Optional<ObjectNode> failing(String id, Caller caller, Map<String, String> states) {
    return catalog.find(id).filter(m -> caller.mayUse(m.id())).map(m -> model(m, states));
  }

  private List<ObjectNode> all(Caller caller, Map<String, String> states) {
    List<Model> allowed = catalog.models().stream().filter(m -> caller.mayUse(m.id())).toList();
    var all = new ArrayList<ObjectNode>();
    all.add(choice(RoutePolicy.AUTO, "the router classifies the task and chooses", List.of()));
    for (TaskType type : TaskType.values()) {
      List<Model> candidates =
          routing.get().task(type).candidates().stream().filter(allowed::contains).toList();
      ObjectNode choice =
          choice(
              RoutePolicy.AUTO + "/" + type.word(),
              "the router's choice for " + type.word() + " tasks",
              candidates);
      choice.putArray("task_types").add(type.word());
      all.add(choice);
    }
    for (String alias : catalog.aliases().stream().sorted().toList()) {
      List<Model> behind = catalog.resolve(alias).stream().filter(allowed::contains).toList();
      if (!behind.isEmpty()) {
        String names = String.join(", then ", behind.stream().map(Model::id).toList());
        all.add(choice(alias, "stands for " + names, behind));
      }
    }
    more.get().forEach((id, description) -> all.add(choice(id, description, List.of())));
    allowed.forEach(model -> all.add(model(model, states)));
    return all;
  }

  /**
   * @param asked in this order
   */
  private static ObjectNode choice(String id, String description, List<Model> asked) {
    ObjectNode one = entry(id, id, Instant.EPOCH, "flotilla");
    one.put("description", description);
    ArrayNode fallbacks = one.putArray("fallbacks");
    asked.stream().skip(1).map(Model::id).forEach(fallbacks::add);
    return one;
  }

  private ObjectNode model(Model model, Map<String, String> states) {
    Price price = model.priceAt(clock.instant());
    String name = model.id().substring(model.id().indexOf('/') + 1);
    ObjectNode one =
        entry(
            model.id(),
            name,
            model.prices().getFirst().from().atStartOfDay().toInstant(ZoneOffset.UTC),
            model.provider().id());
    one.put("description", name + " of the family " + model.family());
    Embedding embedding = model.embedding();
    one.put("kind", embedding == null ? "chat" : "embedding");
    if (embedding != null) {
      one.put("vector_space", embedding.space()).put("dimensions", embedding.dimensions());
    }
    one.put("context_length", model.contextTokens());
    one.put("max_input_tokens", model.contextTokens());
    one.put("max_output_tokens", model.maxOutputTokens());
    one.put("max_tokens", model.maxOutputTokens());
    one.putObject("pricing")
        .put("prompt", perToken(price.input()))
        .put("completion", perToken(price.output()));
    ArrayNode supported = one.putArray("supported_parameters");
    model.supports().stream().sorted().forEach(supported::add);
    ArrayNode types = one.putArray("task_types");
    for (TaskType type : TaskType.values()) {
      if (routing.get().task(type).candidates().contains(model)) {
        types.add(type.word());
      }
    }
    // Who names a model wants that one.
    one.putArray("fallbacks");
    one.put("status", status(states.getOrDefault(model.id(), "")));
    return one.put("simulated", model.provider().simulated());
  }

  private static ObjectNode entry(String id, String name, Instant created, String owner) {
    ObjectNode one = Json.object().put("id", id).put("object", "model").put("type", "model");
    one.put("created", created.getEpochSecond()).put("created_at", created.toString());
    return one.put("owned_by", owner).put("name", name).put("display_name", name);
  }

  private static String status(String circuit) {
    return switch (circuit) {
      case "" -> "up";
      case "open" -> "down";
      default -> "degraded";
    };
  }

  /** USD per token as text, because 2.8e-9 does not survive a double in every client. */
  private static String perToken(long pico) {
    return BigDecimal.valueOf(pico, 12).stripTrailingZeros().toPlainString();
  }
}
