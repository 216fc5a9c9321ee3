package dev.flotilla.router.routing;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.TaskType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns a request into an ordered list of models that exist, that this caller may use and that can
 * do what is asked. Thread-safe.
 */
public final class RoutePolicy {
  /** The model name that leaves the choice to us; {@code auto/<type>} skips the classification. */
  public static final String AUTO = "auto";

  private final Catalog catalog;
  private final Routing routing;

  public RoutePolicy(Catalog catalog, Routing routing) {
    this.catalog = catalog;
    this.routing = routing;
  }

  /** How planning went. */
  public sealed interface Planned {
    record Ready(Plan plan) implements Planned {}

    record Refused(ApiError error) implements Planned {}
  }

  /** Which candidates are asked. Classifies only when the caller left the choice open. */
  public Planned planFor(ChatRequest request, Caller caller) {
    var named = new LinkedHashSet<Model>();
    Classification classification = null;
    if (isAuto(request.model())) {
      Optional<Classification> classified = classify(request);
      if (classified.isEmpty()) {
        return refused(unknownTaskType(request.model()));
      }
      classification = classified.get();
    } else {
      ApiError unknown = addModels(request.model(), "model", named);
      if (unknown != null) {
        return refused(unknown);
      }
    }
    int at = 0;
    for (String name : request.models()) {
      ApiError unknown = addModels(name, "models[" + at++ + "]", named);
      if (unknown != null) {
        return refused(unknown);
      }
    }
    if (classification != null && named.isEmpty()) {
      named.addAll(routing.candidates().getOrDefault(classification.taskType(), List.of()));
    }
    return narrowed(request, caller, classification, named);
  }

  private Planned narrowed(
      ChatRequest request,
      Caller caller,
      @Nullable Classification classification,
      Set<Model> named) {
    List<Model> allowed = named.stream().filter(model -> caller.mayUse(model.id())).toList();
    if (allowed.isEmpty()) {
      return refused(notAllowed(caller, named));
    }
    var able = new ArrayList<Model>();
    Optional<Need> unmet = Optional.empty();
    List<Need> needs = Need.of(request);
    for (Model model : allowed) {
      Optional<Need> lacking = needs.stream().filter(need -> !need.metBy(model)).findFirst();
      if (lacking.isEmpty()) {
        able.add(model);
      } else if (unmet.isEmpty()) {
        unmet = lacking;
      }
    }
    return unmet.isPresent() && able.isEmpty()
        ? refused(unmet.get().error(allowed))
        : new Planned.Ready(new Plan(classification, able));
  }

  private Optional<Classification> classify(ChatRequest request) {
    if (request.model().equals(AUTO)) {
      return Optional.of(routing.classifier().classify(request));
    }
    return TaskType.of(request.model().substring(AUTO.length() + 1)).map(Classification::hinted);
  }

  private static boolean isAuto(String model) {
    return model.equals(AUTO) || model.startsWith(AUTO + "/");
  }

  private @Nullable ApiError addModels(String name, String param, Set<Model> into) {
    List<Model> behind = catalog.resolve(name);
    into.addAll(behind);
    if (!behind.isEmpty()) {
      return null;
    }
    return new ApiError(
        404,
        ApiError.INVALID_REQUEST,
        "model_not_found",
        "The model '"
            + shown(name)
            + "' does not exist here. Near it are "
            + String.join(", ", catalog.near(name, 3))
            + "; 'auto' lets the router choose.",
        param,
        "router");
  }

  private static ApiError unknownTaskType(String model) {
    return ApiError.invalid(
        "unknown_task_type",
        "'"
            + shown(model)
            + "' names no task type; write "
            + Arrays.stream(TaskType.values())
                .map(t -> AUTO + "/" + t.word())
                .collect(Collectors.joining(", "))
            + ", or auto.",
        "model");
  }

  private static ApiError notAllowed(Caller caller, Set<Model> named) {
    return new ApiError(
        403,
        "permission_error",
        "model_not_allowed",
        "This key may use only "
            + String.join(", ", caller.models())
            + ", and none of "
            + named.stream().map(Model::id).collect(Collectors.joining(", "))
            + " is among them.",
        "model",
        "router");
  }

  /** An overlong name would fill the message; nobody recognises more than this of it. */
  private static String shown(String name) {
    return name.length() <= 80 ? name : name.substring(0, 80) + "…";
  }

  private static Planned refused(ApiError error) {
    return new Planned.Refused(error);
  }
}
