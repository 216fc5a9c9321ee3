package dev.flotilla.router.pipeline.interpreter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import dev.flotilla.contracts.telemetry.SpanNames;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.pipelines.definition.Action;
import dev.flotilla.pipelines.definition.Branch;
import dev.flotilla.pipelines.definition.Each;
import dev.flotilla.pipelines.definition.Node;
import dev.flotilla.pipelines.definition.OnError;
import dev.flotilla.pipelines.definition.OnInvalid;
import dev.flotilla.pipelines.definition.OnUnknown;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.expression.EvaluationFailed;
import dev.flotilla.pipelines.expression.Expression;
import dev.flotilla.pipelines.value.Plain;
import dev.flotilla.router.pipeline.journal.Attempt;
import dev.flotilla.router.pipeline.journal.AttemptState;
import dev.flotilla.router.pipeline.journal.Ended;
import dev.flotilla.router.pipeline.journal.Journal;
import dev.flotilla.router.pipeline.journal.Lease;
import dev.flotilla.router.pipeline.journal.LoadedRun;
import dev.flotilla.router.pipeline.journal.NewAttempt;
import dev.flotilla.router.pipeline.journal.RunMetrics;
import dev.flotilla.router.pipeline.runner.Progress;
import dev.flotilla.router.pipeline.runner.Runners;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Goes on with a run: top to bottom, taking from what is written down whatever was done before, and
 * doing the rest. Start reading at {@link #goOn}. Thread-safe.
 */
public final class Interpreter implements Runners.Runner {
  /** Pipelines within pipelines; the loader refuses circles, this bounds what it did not see. */
  private static final int DEEPEST = 8;

  private final Journal journal;
  private final Definitions definitions;
  private final Actions actions;
  private final Tracing tracing;
  private final RunMetrics metrics;
  private final int mostSteps;

  /**
   * @param mostSteps tries of all steps while a run is taken up once
   */
  public Interpreter(
      Journal journal,
      Definitions definitions,
      Actions actions,
      Tracing tracing,
      RunMetrics metrics,
      int mostSteps) {
    this.journal = journal;
    this.definitions = definitions;
    this.actions = actions;
    this.tracing = tracing;
    this.metrics = metrics;
    this.mostSteps = mostSteps;
  }

  @Override
  public Progress goOn(LoadedRun run, Lease lease, BooleanSupplier leaving) {
    if (run.cancelling()) {
      return new Progress.Cancelled();
    }
    Span span =
        tracing.span(
            "pipeline " + run.pipeline(), SpanKind.INTERNAL, Tracing.received(run.traceparent()));
    span.setAttribute(SpanNames.RUN, run.id());
    try {
      Map<String, Pipeline> pipelines = definitions.of(run.definitions());
      var going = new Going(run, lease, journal, pipelines, span, leaving, mostSteps);
      Object input = Recorded.value(run.input());
      JsonNode output = Plain.json(wholeOf(going, going.pipeline(), "", "", input, 0));
      return new Progress.Completed(Json.text(output));
    } catch (Stop.Resting rest) {
      return new Progress.Resting(rest.until, rest.waitingFor);
    } catch (Stop.Leaving stop) {
      return new Progress.HandedOver();
    } catch (Stop.OutOfTime stop) {
      return new Progress.Expired(
          Errors.of("run_timeout", "The run's time is over; what was finished is kept.")
              .put("status", 504));
    } catch (Stop.Failed failed) {
      return new Progress.Failed(failed.error);
    } finally {
      span.end();
    }
  }

  /**
   * A pipeline from its first node to its result.
   *
   * @param prefix of its steps' keys, with items
   * @param path of its steps, without items
   */
  private @Nullable Object wholeOf(
      Going going,
      Pipeline pipeline,
      String prefix,
      String path,
      @Nullable Object input,
      int depth) {
    var scope = new HashMap<String, @Nullable Object>();
    scope.put(Pipeline.INPUT, input);
    var here = new Place(going, prefix, path, depth);
    nodes(pipeline.nodes(), scope, here);
    Expression result = pipeline.result();
    if (result != null) {
      return evaluated(result, scope, prefix + "result");
    }
    return pipeline.nodes().getLast() instanceof Step last ? scope.get(last.id()) : null;
  }

  /** Where in a run a node is. */
  private record Place(Going going, String prefix, String path, int depth) {}

  /** In order; what each puts out is seen by those that follow. */
  private void nodes(List<Node> nodes, Map<String, @Nullable Object> scope, Place place) {
    for (Node node : nodes) {
      switch (node) {
        case Node.Parallel(List<Node> inside) -> parallel(inside, scope, place);
        case Node.Switch(List<Branch> branches) -> branch(branches, scope, place);
        case Step step ->
            scope.put(
                step.id(), step(step, Collections.unmodifiableMap(new HashMap<>(scope)), place));
      }
    }
  }

  /** None sees what another puts out. */
  private void parallel(List<Node> nodes, Map<String, @Nullable Object> scope, Place place) {
    List<Map<String, @Nullable Object>> scopes = new ArrayList<>();
    nodes.forEach(node -> scopes.add(new HashMap<>(scope)));
    Together.run(
        nodes.size(), nodes.size(), i -> nodes(List.of(nodes.get(i)), scopes.get(i), place));
    scopes.forEach(scope::putAll);
  }

  private void branch(List<Branch> branches, Map<String, @Nullable Object> scope, Place place) {
    boolean taken = false;
    for (Branch branch : branches) {
      if (!taken
          && (branch.when() == null || holds(branch.when(), scope, place.prefix() + "switch"))) {
        taken = true;
        nodes(branch.nodes(), scope, place);
      } else {
        skip(branch.nodes(), scope);
      }
    }
  }

  /** What is not done puts out null. */
  private static void skip(List<Node> nodes, Map<String, @Nullable Object> scope) {
    for (Node node : nodes) {
      switch (node) {
        case Node.Parallel(List<Node> inside) -> skip(inside, scope);
        case Node.Switch(List<Branch> branches) ->
            branches.forEach(branch -> skip(branch.nodes(), scope));
        case Step step -> scope.put(step.id(), null);
      }
    }
  }

  private @Nullable Object step(Step step, Map<String, @Nullable Object> scope, Place place) {
    Going going = place.going();
    String key = place.prefix() + step.id();
    String path = place.path() + step.id();
    Optional<Attempt> settled = going.settled(key);
    if (settled.isPresent()) {
      return Recorded.value(settled.get().output());
    }
    Expression when = step.when();
    if (when != null && !holds(when, scope, key)) {
      going.mayBegin(key);
      going.settle(
          new NewAttempt(key, going.next(key), path, kind(step.action()), null, null),
          new Ended(AttemptState.SKIPPED, null, null, null, List.of()));
      return null;
    }
    Each each = step.each();
    if (each == null) {
      return item(step, scope, key, path, place);
    }
    List<?> items = items(each, scope, key);
    var outputs = new @Nullable Object[items.size()];
    Together.run(
        items.size(),
        each.concurrency(),
        i -> {
          var seen = new HashMap<String, @Nullable Object>(scope);
          seen.put(each.as(), items.get(i));
          outputs[i] = item(step, seen, key + "[" + i + "]", path, place);
        });
    return Collections.unmodifiableList(Arrays.asList(outputs));
  }

  private static List<?> items(Each each, Map<String, @Nullable Object> scope, String key) {
    if (!(evaluated(each.list(), scope, key) instanceof List<?> items)) {
      throw new Stop.Failed(
          Errors.of("no_list", key + ": " + each.list() + " is no list; foreach needs one.")
              .put("step", key));
    }
    Integer most = each.maxItems();
    if (most != null && items.size() > most) {
      throw new Stop.Failed(
          Errors.of(
                  "too_many_items",
                  key
                      + ": "
                      + each.list()
                      + " has "
                      + items.size()
                      + " items, and "
                      + most
                      + " are admitted.")
              .put("step", key));
    }
    return items;
  }

  /** Once, or once for one item: tries until there is an output, or no try is left. */
  private @Nullable Object item(
      Step step, Map<String, @Nullable Object> scope, String key, String path, Place place) {
    try {
      return tried(step, scope, key, path, place);
    } catch (Stop.Failed failed) {
      // Whoever refuses a run means it.
      if (step.onError() == OnError.SKIP && !(step.action() instanceof Action.Check)) {
        return null;
      }
      if (!failed.error.has("step")) {
        failed.error.put("step", key);
      }
      throw failed;
    }
  }

  private @Nullable Object tried(
      Step step, Map<String, @Nullable Object> scope, String key, String path, Place place) {
    Going going = place.going();
    while (true) {
      Optional<Attempt> settled = going.settled(key);
      if (settled.isPresent()) {
        return Recorded.value(settled.get().output());
      }
      if (step.action() instanceof Action.SubPipeline(String name, var with)) {
        return within(step, name, with, scope, key, path, place);
      }
      List<Attempt> before = going.tries(key);
      mayTryAgain(step, before, going);
      going.mayBegin(key);
      if (step.onUnknown() == OnUnknown.ASK
          && !before.isEmpty()
          && before.getLast().state() == AttemptState.UNKNOWN) {
        mayRepeat(step, before.getLast(), scope, key, path, going);
      }
      Span span =
          tracing.span(
              "step " + going.run().pipeline() + "/" + path,
              SpanKind.INTERNAL,
              Context.root().with(going.span()));
      span.setAttribute(SpanNames.RUN, going.run().id());
      span.setAttribute(SpanNames.STEP, key);
      long began = System.nanoTime();
      try {
        var attempt =
            new Try(
                going,
                step,
                key,
                path,
                scope,
                before,
                "req_" + UlidCreator.getMonotonicUlid(),
                span);
        JsonNode output = actions.tryOnce(attempt);
        if (output != null) {
          return Plain.of(output);
        }
      } finally {
        metrics.tried(going.run().pipeline(), path, Duration.ofNanos(System.nanoTime() - began));
        span.end();
      }
    }
  }

  /** Stops at what has failed for good. */
  private static void mayTryAgain(Step step, List<Attempt> before, Going going) {
    List<Attempt> counted =
        before.stream()
            .filter(one -> one.round() == going.run().round())
            .filter(
                one -> one.state() == AttemptState.FAILED || one.state() == AttemptState.UNKNOWN)
            .toList();
    if (counted.isEmpty()) {
      return;
    }
    Attempt last = counted.getLast();
    ObjectNode error =
        last.error() == null
            ? Errors.of(
                "unknown_outcome",
                "Whoever made the last try of this step was lost; it may have been paid for.")
            : (ObjectNode) Recorded.object(last.error());
    boolean invalid = error.path("code").asText().equals(Errors.INVALID_OUTPUT);
    boolean over =
        counted.size() >= step.maxAttempts()
            || error.path("final").asBoolean(false)
            || (invalid && step.onInvalid() == OnInvalid.FAIL)
            || (last.state() == AttemptState.UNKNOWN && step.onUnknown() == OnUnknown.FAIL);
    if (over) {
      throw new Stop.Failed(error);
    }
  }

  /** A person decides about a try that may have been paid for. */
  private void mayRepeat(
      Step step,
      Attempt unknown,
      Map<String, @Nullable Object> scope,
      String key,
      String path,
      Going going) {
    String question = key + "/unknown[" + unknown.number() + "]";
    Optional<Attempt> known = going.settled(question);
    boolean again =
        known.isPresent()
            ? Recorded.object(String.valueOf(known.get().output()))
                .path("decision")
                .asText()
                .equals("retry")
            : actions.mayRepeat(
                new Try(
                    going,
                    step,
                    question,
                    path + "/unknown",
                    scope,
                    going.tries(question),
                    "req_" + UlidCreator.getMonotonicUlid(),
                    going.span()));
    if (!again) {
      throw new Stop.Failed(
          Errors.of(
              "unknown_outcome",
              "Whoever made the last try of this step was lost, and it is not to be made again."));
    }
  }

  /** Another pipeline, whose steps are this run's. */
  private @Nullable Object within(
      Step step,
      String name,
      Map<String, Expression> with,
      Map<String, @Nullable Object> scope,
      String key,
      String path,
      Place place) {
    if (place.depth() >= DEEPEST) {
      throw new Stop.Failed(
          Errors.of("too_deep", "Pipelines run pipelines " + DEEPEST + " deep, and no deeper."));
    }
    var input = new HashMap<String, @Nullable Object>();
    with.forEach((field, value) -> input.put(field, evaluated(value, scope, key)));
    Going going = place.going();
    Object output =
        wholeOf(going, going.pipeline(name), key + "/", path + "/", input, place.depth() + 1);
    going.settle(
        new NewAttempt(key, going.next(key), path, kind(step.action()), null, null),
        Ended.done(Plain.json(output)));
    return output;
  }

  static String kind(Action action) {
    return switch (action) {
      case Action.ModelCall a -> "model";
      case Action.Check a -> "check";
      case Action.Classify a -> "classify";
      case Action.HttpCall a -> "http";
      case Action.Value a -> "value";
      case Action.Human a -> "human";
      case Action.Review a -> "review";
      case Action.SubPipeline a -> "pipeline";
    };
  }

  static @Nullable Object evaluated(
      Expression expression, Map<String, @Nullable Object> scope, String key) {
    try {
      return expression.eval(scope);
    } catch (EvaluationFailed e) {
      throw new Stop.Failed(
          Errors.of("expression_failed", String.valueOf(e.getMessage())).put("step", key));
    }
  }

  private static boolean holds(
      Expression expression, Map<String, @Nullable Object> scope, String key) {
    try {
      return expression.holds(scope);
    } catch (EvaluationFailed e) {
      throw new Stop.Failed(
          Errors.of("expression_failed", String.valueOf(e.getMessage())).put("step", key));
    }
  }
}
