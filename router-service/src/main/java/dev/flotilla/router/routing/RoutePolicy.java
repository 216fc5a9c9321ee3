package dev.flotilla.router.routing;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.router.classification.Asking;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.confidence.Gates;
import dev.flotilla.router.exchange.AskedChecks;
import dev.flotilla.router.exchange.BestEffort;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.OnExhausted;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.gain.GainDecision;
import dev.flotilla.router.gain.GainRouter;
import dev.flotilla.router.routing.Plan.PassedOver;
import dev.flotilla.router.validation.BadCheck;
import dev.flotilla.router.validation.Validation;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns a request into an ordered list of models that exist, that this caller may use and that can
 * do what is asked. Thread-safe.
 */
public final class RoutePolicy {
  /** The model name that leaves the choice to us; {@code auto/<type>} skips the classification. */
  public static final String AUTO = "auto";

  /** Why a model is not asked. */
  static final String DRAINED = "its provider is drained";

  private final Catalog catalog;
  private final Supplier<Routing> live;
  private final Validation validation;
  private final Promotions promotions;
  private final Predicate<String> drained;

  /** One for which nothing is learned. */
  public RoutePolicy(Catalog catalog, Routing routing, Validation validation) {
    this(catalog, () -> routing, validation);
  }

  /** One for which nothing is learned, and which is always what the file says now. */
  public RoutePolicy(Catalog catalog, Supplier<Routing> live, Validation validation) {
    this(catalog, live, validation, Promotions.NONE, provider -> false);
  }

  private RoutePolicy(
      Catalog catalog,
      Supplier<Routing> live,
      Validation validation,
      Promotions promotions,
      Predicate<String> drained) {
    this.catalog = catalog;
    this.live = live;
    this.validation = validation;
    this.promotions = promotions;
    this.drained = drained;
  }

  /**
   * The same, with models that are asked first because they have shown that they are good enough.
   */
  public RoutePolicy with(Promotions learned) {
    return new RoutePolicy(catalog, live, validation, learned, drained);
  }

  /**
   * The same, but for providers nobody is to choose at the moment.
   *
   * @param now asked for each request, with a provider's id
   */
  public RoutePolicy without(Predicate<String> now) {
    return new RoutePolicy(catalog, live, validation, promotions, now);
  }

  /** Whether a model can answer a request, and this caller may use it. */
  public boolean mayAnswer(Model model, ChatRequest request, Caller caller) {
    return caller.mayUse(model.id())
        && !drained.test(model.provider().id())
        && needs(request).stream().allMatch(need -> need.metBy(model));
  }

  /** When a model is asked what kind of work a request is; null is never. */
  public @Nullable Asking asking() {
    return routing().asking();
  }

  /** How planning went. */
  public sealed interface Planned {
    record Ready(Plan plan) implements Planned {}

    record Refused(ApiError error) implements Planned {}
  }

  /** Which candidates are asked. Classifies only when the caller left the choice open. */
  public Planned planFor(ChatRequest request, Caller caller) {
    return planFor(request, caller, null);
  }

  /**
   * The same.
   *
   * @param decided what kind of work it is when that was found out elsewhere; null to find it out
   *     here
   */
  public Planned planFor(ChatRequest request, Caller caller, @Nullable Classification decided) {
    // A plan is of one policy, whatever becomes of the file meanwhile.
    Routing now = live.get();
    return new RoutePolicy(catalog, () -> now, validation, promotions, drained)
        .plan(request, caller, decided);
  }

  private Routing routing() {
    return live.get();
  }

  private Planned plan(ChatRequest request, Caller caller, @Nullable Classification decided) {
    if (request.embeds()) {
      return new OneSpace(catalog, drained).planFor(request, caller);
    }
    var named = new LinkedHashSet<Model>();
    Classification type = null;
    if (isAuto(request.model())) {
      Optional<Classification> classified =
          decided == null ? classify(request) : Optional.of(decided);
      if (classified.isEmpty()) {
        return refused(unknownTaskType(request.model()));
      }
      type = classified.get();
    } else {
      ApiError unknown = addModels(request.model(), "model", named);
      if (unknown != null) {
        return refused(unknown);
      }
    }
    ApiError unknown = addAll(request.models(), "models", named);
    if (unknown != null) {
      return refused(unknown);
    }
    GainDecision gain = null;
    if (type != null && named.isEmpty()) {
      gain = addCandidates(type.taskType(), request, named);
    }
    unknown = addAll(request.hints().fallbacksOrNone(), "fallbacks", named);
    return unknown != null ? refused(unknown) : narrowed(request, caller, type, gain, named);
  }

  /**
   * Adds the candidates of a type, in the order its gain router gives them if it has one. When none
   * of them is good enough, those of complex tasks are asked: nobody is better.
   *
   * @return what gave them their order; null when the policy did
   */
  private @Nullable GainDecision addCandidates(
      TaskType type, ChatRequest request, Set<Model> into) {
    Routing.Task task = routing().task(type);
    Optional<Model> promoted = promotions.promoted(type);
    GainRouter router = promoted.isEmpty() ? task.gain() : null;
    GainDecision gain = router == null ? null : router.decide(request.lastUserText());
    List<Model> usual =
        router == null || gain == null
            ? first(promoted, task.candidates())
            : router.ordered(gain, task.candidates());
    BigDecimal threshold = request.hints().qualityThreshold();
    if (threshold == null || usual.stream().anyMatch(model -> isGoodEnough(model, threshold))) {
      into.addAll(usual);
      return gain;
    }
    into.addAll(routing().task(TaskType.COMPLEX).candidates());
    return null;
  }

  private static List<Model> first(Optional<Model> promoted, List<Model> usual) {
    var order = new LinkedHashSet<Model>();
    promoted.ifPresent(order::add);
    order.addAll(usual);
    return List.copyOf(order);
  }

  private Planned narrowed(
      ChatRequest request,
      Caller caller,
      @Nullable Classification type,
      @Nullable GainDecision gain,
      Set<Model> named) {
    List<Model> allowed = named.stream().filter(model -> caller.mayUse(model.id())).toList();
    if (allowed.isEmpty()) {
      return refused(notAllowed(caller, named));
    }
    List<Model> awake =
        allowed.stream().filter(model -> !drained.test(model.provider().id())).toList();
    if (awake.isEmpty()) {
      return refused(allDrained(allowed));
    }
    var able = new ArrayList<Model>();
    var passedOver = new ArrayList<PassedOver>();
    named.stream()
        .filter(model -> !allowed.contains(model))
        .forEach(model -> passedOver.add(new PassedOver(model, "this key may not use it")));
    allowed.stream()
        .filter(model -> !awake.contains(model))
        .forEach(model -> passedOver.add(new PassedOver(model, DRAINED)));
    Optional<Need> unmet = Optional.empty();
    List<Need> needs = needs(request);
    for (Model model : awake) {
      Optional<Need> lacking = needs.stream().filter(need -> !need.metBy(model)).findFirst();
      if (lacking.isEmpty()) {
        able.add(model);
        continue;
      }
      passedOver.add(new PassedOver(model, "it has no " + lacking.get().what()));
      if (unmet.isEmpty()) {
        unmet = lacking;
      }
    }
    if (unmet.isPresent() && able.isEmpty()) {
      return refused(unmet.get().error(allowed));
    }
    try {
      // What a task type demands is demanded of answers to it; a caller who names models decides.
      List<AskedChecks.Rule> policy =
          type == null ? List.of() : routing().task(type.taskType()).validators();
      return new Planned.Ready(
          new Plan(
              type,
              able,
              passedOver,
              validation.of(request, policy),
              bestEffort(request, type),
              cheapest(caller, needs, type, able),
              gates(request, type, able),
              gain));
    } catch (BadCheck e) {
      return refused(
          ApiError.invalid("invalid_validator", String.valueOf(e.getMessage()), e.place()));
    }
  }

  private BestEffort bestEffort(ChatRequest request, @Nullable Classification type) {
    BestEffort asked = request.hints().bestEffort();
    if (asked != null) {
      return asked;
    }
    return type == null ? BestEffort.NONE : routing().task(type.taskType()).bestEffort();
  }

  /** What becomes of a request that nobody answers. */
  public OnExhausted onExhausted(ChatRequest request, @Nullable Classification type) {
    OnExhausted asked = request.hints().onExhausted();
    if (asked != null) {
      return asked;
    }
    return type == null ? OnExhausted.ERROR : routing().task(type.taskType()).onExhausted();
  }

  /** What was learned of one answer says nothing about several choices at once. */
  private Gates gates(ChatRequest request, @Nullable Classification type, List<Model> able) {
    return type == null || request.choices() > 1
        ? Gates.NONE
        : routing().task(type.taskType()).gates().sparing(able.getLast());
  }

  /** Whoever names models wants these and no others, however cheap. */
  private List<Model> cheapest(
      Caller caller, List<Need> needs, @Nullable Classification type, List<Model> able) {
    return routing().task(TaskType.BULK).candidates().stream()
        .filter(model -> !drained.test(model.provider().id()))
        .filter(
            model ->
                type == null
                    ? able.contains(model)
                    : caller.mayUse(model.id())
                        && needs.stream().allMatch(need -> need.metBy(model)))
        .toList();
  }

  private List<Need> needs(ChatRequest request) {
    List<Need> needs = Need.of(request);
    BigDecimal threshold = request.hints().qualityThreshold();
    if (threshold != null) {
      needs.add(
          new Need(
              "quality_threshold",
              "expected quality of " + threshold.toPlainString() + " or more",
              model -> isGoodEnough(model, threshold)));
    }
    return needs;
  }

  private boolean isGoodEnough(Model model, BigDecimal threshold) {
    BigDecimal expected = routing().quality().get(model.id());
    return expected != null && expected.compareTo(threshold) >= 0;
  }

  /**
   * What kind of task a request for {@code auto} is; empty when {@code auto/<type>} names a type
   * nobody knows.
   */
  public Optional<Classification> classify(ChatRequest request) {
    if (!request.model().equals(AUTO)) {
      return TaskType.of(request.model().substring(AUTO.length() + 1)).map(Classification::hinted);
    }
    TaskType hinted = request.hints().taskType();
    return Optional.of(
        hinted == null ? routing().classifier().classify(request) : Classification.hinted(hinted));
  }

  /** Whether a name leaves the choice to us. */
  public static boolean isAuto(String model) {
    return model.equals(AUTO) || model.startsWith(AUTO + "/");
  }

  private @Nullable ApiError addAll(List<String> names, String param, Set<Model> into) {
    for (int i = 0; i < names.size(); i++) {
      ApiError unknown = addModels(names.get(i), param + "[" + i + "]", into);
      if (unknown != null) {
        return unknown;
      }
    }
    return null;
  }

  private @Nullable ApiError addModels(String name, String param, Set<Model> into) {
    List<Model> behind = catalog.resolve(name);
    if (behind.isEmpty()) {
      return unknownModel(catalog, name, param);
    }
    if (behind.getFirst().embeds()) {
      return ApiError.invalid(
          "unsupported_parameter",
          "The model '"
              + shown(name)
              + "' turns texts into vectors and does not converse; ask it at /v1/embeddings, or"
              + " name another here.",
          param);
    }
    into.addAll(behind);
    return null;
  }

  /**
   * What to say about a name that nothing here has.
   *
   * @param param where it stood
   */
  public static ApiError unknownModel(Catalog catalog, String name, String param) {
    return new ApiError(
        404,
        ApiError.INVALID_REQUEST,
        "model_not_found",
        "The model '"
            + shown(name)
            + "' does not exist here. Near it are "
            + String.join(", ", catalog.near(name, 3))
            + "; 'auto' lets the router choose, and an alias in the catalogue gives a model a further name.",
        param,
        "router");
  }

  /** What to say about {@code auto/<type>} with such a type. */
  public static ApiError unknownTaskType(String model) {
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

  static ApiError notAllowed(Caller caller, Set<Model> named) {
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

  /** What to say when people have taken all that could be asked out of the choice. */
  static ApiError allDrained(List<Model> named) {
    return new ApiError(
        503,
        "server_error",
        "provider_drained",
        "Nobody asks "
            + named.stream().map(Model::id).collect(Collectors.joining(", "))
            + " at the moment: its provider is drained by whoever runs this installation. Name"
            + " another model, or 'auto'.",
        "model",
        "router");
  }

  /** An overlong name would fill the message; nobody recognises more than this of it. */
  static String shown(String name) {
    return name.length() <= 80 ? name : name.substring(0, 80) + "…";
  }

  private static Planned refused(ApiError error) {
    return new Planned.Refused(error);
  }
}
