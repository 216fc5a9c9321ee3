package dev.flotilla.router.routing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Embedding;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.routing.Plan.PassedOver;
import dev.flotilla.router.routing.RoutePolicy.Planned;
import dev.flotilla.router.validation.Validators;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who may be asked for vectors: the models that were named, and all of them in one vector space.
 * Whoever compares vectors compares them with those of last month, so nobody but the caller chooses
 * the space, and no fallback ever leaves it.
 */
final class OneSpace {
  private final Catalog catalog;
  private final Predicate<String> drained;

  /**
   * @param drained whether nobody is to choose a provider
   */
  OneSpace(Catalog catalog, Predicate<String> drained) {
    this.catalog = catalog;
    this.drained = drained;
  }

  Planned planFor(ChatRequest request, Caller caller) {
    if (RoutePolicy.isAuto(request.model())) {
      return refused(
          "Vectors of different models cannot be compared, so the router does not choose one; name"
              + " a model that embeds, as GET /v1/models says.",
          "model");
    }
    var named = new LinkedHashMap<Model, String>();
    for (Map.Entry<String, String> name : names(request).entrySet()) {
      ApiError error = add(name.getValue(), name.getKey(), named);
      if (error != null) {
        return new Planned.Refused(error);
      }
    }
    List<Model> allowed =
        named.keySet().stream().filter(model -> caller.mayUse(model.id())).toList();
    if (allowed.isEmpty()) {
      return new Planned.Refused(RoutePolicy.notAllowed(caller, named.keySet()));
    }
    if (allowed.stream().allMatch(model -> drained.test(model.provider().id()))) {
      return new Planned.Refused(RoutePolicy.allDrained(allowed));
    }
    var able = new ArrayList<Model>();
    var passedOver = new ArrayList<PassedOver>();
    ApiError unmet = null;
    for (Model model : named.keySet()) {
      ApiError lacking = allowed.contains(model) ? lacking(model, request) : null;
      if (!allowed.contains(model)) {
        passedOver.add(new PassedOver(model, "this key may not use it"));
      } else if (drained.test(model.provider().id())) {
        passedOver.add(new PassedOver(model, RoutePolicy.DRAINED));
      } else if (lacking == null) {
        able.add(model);
      } else {
        passedOver.add(new PassedOver(model, lacking.message()));
        unmet = unmet == null ? lacking : unmet;
      }
    }
    return unmet != null && able.isEmpty()
        ? new Planned.Refused(unmet)
        : new Planned.Ready(new Plan(null, able, passedOver, Validators.ofVectors()));
  }

  /** By the place where each stands, best first. */
  private static Map<String, String> names(ChatRequest request) {
    var names = new LinkedHashMap<String, String>();
    names.put("model", request.model());
    List<String> models = request.models();
    for (int i = 0; i < models.size(); i++) {
      names.put("models[" + i + "]", models.get(i));
    }
    List<String> fallbacks = request.hints().fallbacksOrNone();
    for (int i = 0; i < fallbacks.size(); i++) {
      names.put("fallbacks[" + i + "]", fallbacks.get(i));
    }
    return names;
  }

  /**
   * @param into the models so far, with the names they were called by
   */
  private @Nullable ApiError add(String name, String place, Map<Model, String> into) {
    List<Model> behind = catalog.resolve(name);
    if (behind.isEmpty()) {
      return RoutePolicy.unknownModel(catalog, name, place);
    }
    Embedding embedding = behind.getFirst().embedding();
    if (embedding == null) {
      return invalid(
          "The model '"
              + RoutePolicy.shown(name)
              + "' converses and makes no vectors; name one that embeds, as GET /v1/models says.",
          place);
    }
    for (Map.Entry<Model, String> first : into.entrySet()) {
      Embedding space = first.getKey().embedding();
      if (space != null && !space.space().equals(embedding.space())) {
        return invalid(
            "'%s' (space %s) cannot stand in for '%s' (space %s): vectors of different spaces cannot be compared. Name models of one space, which are the same model at another provider, or none."
                .formatted(
                    RoutePolicy.shown(name), embedding.space(), first.getValue(), space.space()),
            place);
      }
    }
    behind.forEach(model -> into.putIfAbsent(model, RoutePolicy.shown(name)));
    return null;
  }

  /** What a model cannot do of what is asked; null when it can do all of it. */
  private static @Nullable ApiError lacking(Model model, ChatRequest request) {
    Embedding embedding = model.embedding();
    JsonNode dimensions = request.body().path("dimensions");
    if (embedding != null && dimensions.isIntegralNumber()) {
      long asked = dimensions.longValue();
      if (asked > embedding.dimensions()
          || (asked < embedding.dimensions() && !embedding.shortens())) {
        return invalid(
            model.id()
                + " makes vectors of "
                + (embedding.shortens() ? "up to " : "")
                + embedding.dimensions()
                + " dimensions; ask for "
                + (embedding.shortens() ? "no more" : "no others")
                + ", or leave 'dimensions' out.",
            "dimensions");
      }
    }
    JsonNode input = request.body().path("input");
    boolean tokens = input.isArray() && !input.path(0).isTextual();
    return tokens && !model.inputs().contains("tokens")
        ? invalid(model.id() + " does not know these token numbers; send 'input' as text.", "input")
        : null;
  }

  private static Planned refused(String message, String param) {
    return new Planned.Refused(invalid(message, param));
  }

  private static ApiError invalid(String message, String param) {
    return ApiError.invalid("unsupported_parameter", message, param);
  }
}
