package dev.flotilla.router.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import dev.flotilla.catalog.Nearness;
import dev.flotilla.kit.hash.Sha256;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.pipelines.definition.Action;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.schema.Violation;
import dev.flotilla.router.door.KeyPolicy;
import dev.flotilla.router.pipeline.journal.NewRun;
import dev.flotilla.router.pipeline.journal.RunBook;
import dev.flotilla.router.pipeline.journal.RunCaller;
import dev.flotilla.router.pipeline.journal.RunRow;
import dev.flotilla.router.pipeline.journal.Watch;
import dev.flotilla.router.pipeline.runner.Runners;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs of pipelines: admitted, waited for, cancelled, told to try again. Whoever looks after them
 * may be another process. Thread-safe.
 */
public final class Runs {
  /** How often a run is looked at that another process may be looking after. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

  private final Shelf shelf;
  private final RunBook book;
  private final Watch watch;
  private final AtomicReference<@Nullable Runners> runners = new AtomicReference<>();

  public Runs(Shelf shelf, RunBook book, Watch watch) {
    this.shelf = shelf;
    this.book = book;
    this.watch = watch;
  }

  /** From now on these look after runs in this process. */
  public void lookedAfterBy(Runners here) {
    runners.set(here);
  }

  /** What is asked for. */
  public record Order(
      Caller caller,
      KeyPolicy policy,
      String requestId,
      String traceparent,
      String pipeline,
      JsonNode input,
      ObjectNode metadata,
      boolean streams,
      @Nullable Long maxCostNanos,
      @Nullable Duration timeout,
      @Nullable String idempotencyKey,
      @Nullable String webhook) {}

  /** What became of an order. */
  public sealed interface Admitted {
    record Run(String id, Pipeline pipeline) implements Admitted {}

    record Not(Refusal why) implements Admitted {}
  }

  /** Admits a run; from here on it survives whatever happens to this process. */
  public Admitted admit(Order order) {
    return admit("run_" + UlidCreator.getMonotonicUlid(), order);
  }

  /**
   * The same.
   *
   * @param id a run that has it already is left as it is
   */
  Admitted admit(String id, Order order) {
    Optional<Pipeline> found = shelf.find(order.pipeline());
    if (found.isEmpty()) {
      return new Admitted.Not(unknown(order.pipeline()));
    }
    Pipeline pipeline = found.get();
    Refusal wrong = wrongInput(pipeline, order.input());
    if (wrong != null) {
      return new Admitted.Not(wrong);
    }
    ObjectNode definitions = Json.object();
    String missing = collect(pipeline, definitions);
    if (missing != null) {
      return new Admitted.Not(unknown(missing));
    }
    String admitted =
        book.admit(
            new NewRun(
                id,
                order.caller(),
                pipeline.name(),
                pipeline.version(),
                Json.text(definitions),
                new RunCaller(order.caller(), order.policy()).json(),
                order.requestId(),
                order.traceparent(),
                Json.text(order.input()),
                Json.text(order.metadata()),
                order.streams(),
                least(pipeline.maxCostNanos(), order.maxCostNanos()),
                deadline(pipeline, order.timeout()),
                admissionKey(order),
                order.webhook()));
    lookNow();
    return new Admitted.Run(admitted, pipeline);
  }

  /**
   * Whoever sends an order again under the same key is told of the run it has: also when the first
   * answer was lost together with the process that would have given it.
   */
  private static @Nullable String admissionKey(Order order) {
    return order.idempotencyKey() == null
        ? null
        : Sha256.hex(
            order.caller().team(),
            order.idempotencyKey(),
            order.pipeline(),
            Json.text(order.input()),
            Json.text(order.metadata()));
  }

  Optional<Pipeline> find(String name) {
    return shelf.find(name);
  }

  /** What is wrong with an input; null when nothing is. */
  static @Nullable Refusal wrongInput(Pipeline pipeline, JsonNode input) {
    if (!input.isObject()) {
      return Refusal.invalid(
          "invalid_input", "'input' must be an object, e.g. {\"input\": {}}.", "/input");
    }
    List<Violation> violations =
        pipeline.input() == null ? List.of() : pipeline.input().violations(input);
    if (violations.isEmpty()) {
      return null;
    }
    return new Refusal(
        ApiError.invalid(
            "invalid_input",
            "The input is not what pipeline '"
                + pipeline.name()
                + "' takes: "
                + violations.getFirst()
                + "; GET /v1/pipelines/"
                + pipeline.name()
                + " has its input_schema.",
            "input"),
        violations.stream()
            .map(one -> new Refusal.Place("/input" + one.pointer(), one.message()))
            .toList());
  }

  /** The run keeps everything it will need; the name of what is not there. */
  private @Nullable String collect(Pipeline pipeline, ObjectNode into) {
    if (into.has(pipeline.name())) {
      return null;
    }
    into.put(pipeline.name(), pipeline.source());
    for (Step step : pipeline.steps()) {
      if (step.action() instanceof Action.SubPipeline(String name, var with)) {
        Optional<Pipeline> other = shelf.find(name);
        String missing = other.isEmpty() ? name : collect(other.get(), into);
        if (missing != null) {
          return missing;
        }
      }
    }
    return null;
  }

  /** Null when neither says anything. */
  static @Nullable Long least(@Nullable Long one, @Nullable Long other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return Math.min(one, other);
  }

  private static @Nullable Instant deadline(Pipeline pipeline, @Nullable Duration asked) {
    Duration timeout = pipeline.timeout();
    Duration shorter =
        asked == null || (timeout != null && timeout.compareTo(asked) < 0) ? timeout : asked;
    return shorter == null ? null : Instant.now().plus(shorter);
  }

  /** What to say about a name that no pipeline has. */
  Refusal unknown(String name) {
    List<String> known = shelf.all().stream().map(Pipeline::name).toList();
    String shown = name.length() <= 80 ? name : name.substring(0, 80) + "…";
    return Refusal.notFound(
        "pipeline_not_found",
        "There is no pipeline '"
            + shown
            + "' here; there "
            + (known.isEmpty()
                ? "is none: put files into pipelines/ of the configuration."
                : "are "
                    + String.join(", ", Nearness.nearest(name, known, 3))
                    + " near it, and GET /v1/pipelines lists all."));
  }

  /** Whether a run of it may wait for a person, for longer than anybody waits for an answer. */
  boolean mayWait(Pipeline pipeline) {
    return pipeline.steps().stream()
        .anyMatch(
            step ->
                switch (step.action()) {
                  case Action.Human human -> true;
                  case Action.Review review -> review.onSplit() == Action.OnSplit.HUMAN;
                  case Action.SubPipeline(String name, var with) ->
                      shelf.find(name).map(this::mayWait).orElse(false);
                  case Action.ModelCall a -> false;
                  case Action.Check a -> false;
                  case Action.Classify a -> false;
                  case Action.HttpCall a -> false;
                  case Action.Value a -> false;
                });
  }

  /**
   * Waits for a run's end.
   *
   * @return the run as it is then: ended, or waiting for a person, or when the time is over
   */
  public RunRow await(String id, Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    while (true) {
      Watch.Next next = watch.nextSettled(id);
      long left = end - System.nanoTime();
      if (left <= 0 || book.settled(id) || Thread.currentThread().isInterrupted()) {
        return book.find(null, id)
            .orElseThrow(() -> new IllegalStateException("a run that is gone: " + id));
      }
      next.await(Duration.ofNanos(Math.min(left, BETWEEN_LOOKS.toNanos())));
    }
  }

  /** Has it looked after at once; false when there is no such run or it has ended. */
  public boolean wake(String id) {
    boolean there = book.wake(id);
    lookNow();
    return there;
  }

  /** The run as it is after it was told to end. */
  public boolean cancel(String id) {
    boolean cancelled = book.cancel(id);
    lookNow();
    return cancelled;
  }

  /**
   * Goes on with a run that has ended otherwise than well, or again from a step.
   *
   * @param from id of a step of the pipeline; null to go on where it stopped
   * @return what is wrong with that; null when it goes on
   */
  public @Nullable Refusal retry(RunRow run, Pipeline pipeline, @Nullable String from) {
    if (!run.ended()) {
      return Refusal.of(
          new ApiError(
              409,
              "conflict",
              "run_not_ended",
              "The run is " + run.status() + "; wait for its end, or cancel it before.",
              null,
              "router"));
    }
    if (from == null && run.status().equals("completed")) {
      return Refusal.of(
          new ApiError(
              409,
              "conflict",
              "run_completed",
              "The run is completed; name the step to begin again from, as in ?from="
                  + pipeline.steps().getFirst().id()
                  + ".",
              null,
              "router"));
    }
    List<String> ids = pipeline.steps().stream().map(Step::id).toList();
    int at = from == null ? ids.size() : ids.indexOf(from);
    if (at < 0) {
      return Refusal.invalid(
          "unknown_step",
          "The pipeline has no step '" + from + "'; its steps are " + String.join(", ", ids) + ".",
          "/from");
    }
    List<String> again = ids.subList(at, ids.size());
    Duration timeout = pipeline.timeout();
    boolean going =
        book.retry(
            run.id(),
            path -> again.contains(path.split("/", 2)[0]),
            timeout == null ? null : Instant.now().plus(timeout));
    lookNow();
    return going
        ? null
        : Refusal.of(
            new ApiError(
                409, "conflict", "run_not_ended", "The run goes on already.", null, "router"));
  }

  private void lookNow() {
    Runners here = runners.get();
    if (here != null) {
      here.lookNow();
    }
  }
}
