package dev.flotilla.router.pipeline.interpreter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.router.pipeline.journal.Attempt;
import dev.flotilla.router.pipeline.journal.AttemptState;
import dev.flotilla.router.pipeline.journal.Ended;
import dev.flotilla.router.pipeline.journal.Journal;
import dev.flotilla.router.pipeline.journal.Lease;
import dev.flotilla.router.pipeline.journal.LoadedRun;
import dev.flotilla.router.pipeline.journal.NewAttempt;
import dev.flotilla.router.pipeline.journal.RunCaller;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A run while one process goes on with it, and what is known of its steps. Thread-safe. */
final class Going {
  private final LoadedRun run;
  private final Lease lease;
  private final Journal journal;
  private final RunCaller caller;
  private final Map<String, Pipeline> pipelines;
  private final Purse purse;
  private final Span span;
  private final BooleanSupplier leaving;
  private final int mostSteps;
  private final AtomicInteger begun = new AtomicInteger();
  private final Map<String, List<Attempt>> tries = new ConcurrentHashMap<>();

  Going(
      LoadedRun run,
      Lease lease,
      Journal journal,
      Map<String, Pipeline> pipelines,
      Span span,
      BooleanSupplier leaving,
      int mostSteps) {
    this.run = run;
    this.lease = lease;
    this.journal = journal;
    this.caller = RunCaller.of(run.caller());
    this.pipelines = Map.copyOf(pipelines);
    this.purse = new Purse(run.maxCostNanos(), run.spentNanos());
    this.span = span;
    this.leaving = leaving;
    this.mostSteps = mostSteps;
    run.attempts().forEach(this::add);
  }

  LoadedRun run() {
    return run;
  }

  RunCaller caller() {
    return caller;
  }

  /** What is written beside each call in the ledger. */
  Map<String, String> tags() {
    var tags = new HashMap<String, String>();
    Recorded.object(run.metadata())
        .properties()
        .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asText()));
    return tags;
  }

  Purse purse() {
    return purse;
  }

  Span span() {
    return span;
  }

  Pipeline pipeline() {
    return pipeline(run.pipeline());
  }

  /** By the run's own snapshot. */
  Pipeline pipeline(String name) {
    Pipeline found = pipelines.get(name);
    if (found == null) {
      throw new Stop.Failed(
          Errors.of("pipeline_missing", "This run has no definition of pipeline '" + name + "'."));
    }
    return found;
  }

  /** All tries of a step, oldest first. */
  List<Attempt> tries(String key) {
    return List.copyOf(tries.getOrDefault(key, List.of()));
  }

  /** The one that made the step's output, or skipped it; empty when it is to be made. */
  Optional<Attempt> settled(String key) {
    return tries(key).stream()
        .filter(one -> one.state() == AttemptState.DONE || one.state() == AttemptState.SKIPPED)
        .findFirst();
  }

  /** Stops the run where it must not go on. */
  void mayBegin(String step) {
    if (leaving.getAsBoolean() || Thread.currentThread().isInterrupted()) {
      throw new Stop.Leaving();
    }
    Instant deadline = run.deadline();
    if (deadline != null && !Instant.now().isBefore(deadline)) {
      throw new Stop.OutOfTime();
    }
    if (begun.incrementAndGet() > mostSteps) {
      throw new Stop.Failed(
          Errors.of(
              "too_many_steps",
              "The run would do more than "
                  + mostSteps
                  + " steps ("
                  + step
                  + " is the next); make its lists shorter with maxItems, or run it in parts."));
    }
  }

  /** No later than the run's own deadline. */
  Deadline deadline(Duration atMost) {
    Instant deadline = run.deadline();
    if (deadline == null) {
      return Deadline.in(atMost);
    }
    Duration left = Duration.between(Instant.now(), deadline);
    return Deadline.in(
        left.isNegative() ? Duration.ZERO : left.compareTo(atMost) < 0 ? left : atMost);
  }

  /** The number of a step's next try; one that was too soon, or waits, goes on under its number. */
  int next(String key) {
    List<Attempt> before = tries(key);
    if (before.isEmpty()) {
      return 1;
    }
    Attempt last = before.getLast();
    boolean goesOn = last.state() == AttemptState.PARKED || last.state() == AttemptState.WAITING;
    return goesOn ? last.number() : last.number() + 1;
  }

  void begin(NewAttempt attempt) {
    journal.begin(lease, attempt);
    note(attempt, AttemptState.STARTED, null, null, null);
  }

  void waits(NewAttempt attempt, String waitingFor) {
    journal.waits(lease, attempt, waitingFor);
    note(attempt, AttemptState.WAITING, null, null, null);
  }

  void end(NewAttempt attempt, Ended ended) {
    journal.end(lease, attempt, ended);
    note(attempt, ended);
  }

  void settle(NewAttempt attempt, Ended ended) {
    journal.settle(lease, attempt, ended);
    note(attempt, ended);
  }

  void tell(String type, ObjectNode data) {
    journal.tell(lease, type, data);
  }

  private void note(NewAttempt attempt, Ended ended) {
    note(
        attempt,
        ended.state(),
        ended.answer() == null ? null : ended.answer().model(),
        ended.output() == null ? null : ended.output().toString(),
        ended.error() == null ? null : ended.error().toString());
  }

  private void note(
      NewAttempt attempt,
      AttemptState state,
      @Nullable String model,
      @Nullable String output,
      @Nullable String error) {
    add(
        new Attempt(
            attempt.key(),
            attempt.number(),
            run.round(),
            state,
            model,
            output,
            error,
            Instant.now()));
  }

  private void add(Attempt attempt) {
    tries.compute(
        attempt.key(),
        (key, before) -> {
          var all = new ArrayList<Attempt>(before == null ? List.of() : before);
          all.removeIf(one -> one.number() == attempt.number());
          all.add(attempt);
          return List.copyOf(all);
        });
  }
}
