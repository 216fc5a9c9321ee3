package dev.flotilla.router.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.pipelines.definition.Pipeline;
import dev.flotilla.router.door.KeyPolicy;
import dev.flotilla.router.pipeline.journal.RunBook;
import dev.flotilla.router.pipeline.journal.RunRow;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs that answer items of batches: begun once under an id that the batch gives, and looked at
 * until they have ended. Thread-safe.
 */
public final class BatchedRuns {
  private final Runs runs;
  private final RunBook book;
  private final RunJson json;

  BatchedRuns(Runs runs, RunBook book, RunJson json) {
    this.runs = runs;
    this.book = book;
    this.json = json;
  }

  /**
   * An item that wants a run.
   *
   * @param runId the same for the same item, whoever begins it
   * @param body as it would be posted
   * @param mostNanos what it may cost; null for no limit
   */
  public record Item(
      String runId,
      Caller caller,
      KeyPolicy policy,
      String requestId,
      String traceparent,
      String pipeline,
      byte[] body,
      @Nullable Long mostNanos) {}

  /** How a run stands. */
  public sealed interface Standing {
    /** It goes on, or waits for a person. */
    record Going(boolean waits) implements Standing {}

    /** It is over. */
    record Over(Result result) implements Standing {}

    /** There will be none. */
    record Refused(ApiError error) implements Standing {}
  }

  /**
   * What came of a run.
   *
   * @param status as HTTP says it
   * @param run in the shape the API shows
   * @param error null when all is well
   * @param unpriced whether calls were made whose cost nobody knows
   */
  public record Result(
      int status,
      ObjectNode run,
      @Nullable ApiError error,
      long costNanos,
      boolean unpriced,
      long promptTokens,
      long completionTokens) {}

  /**
   * The most that a run of a pipeline may cost by its own word; empty when it says nothing.
   *
   * @param body as it would be posted
   */
  public Optional<Long> mostNanos(String pipeline, byte[] body) {
    Long own = runs.find(pipeline).map(Pipeline::maxCostNanos).orElse(null);
    Long asked =
        OrderReader.read(body) instanceof OrderReader.Reading.Good(var wanted)
            ? wanted.maxCostNanos()
            : null;
    return Optional.ofNullable(Runs.least(own, asked));
  }

  /** What to say about a name that no pipeline has; empty when one has it. */
  public Optional<ApiError> unknown(String pipeline) {
    return runs.find(pipeline).isPresent()
        ? Optional.empty()
        : Optional.of(runs.unknown(pipeline).error());
  }

  /** Begins the run unless it was begun before, and waits that long for its end. */
  public Standing go(Item item, Duration patience) {
    if (book.ended(item.runId()).isEmpty()) {
      ApiError refusal = begin(item);
      if (refusal != null) {
        return new Standing.Refused(refusal);
      }
    }
    RunRow run = runs.await(item.runId(), patience);
    return run.ended()
        ? new Standing.Over(result(run))
        : new Standing.Going(run.status().equals("waiting"));
  }

  /** Ends a run early; it is over soon. */
  public void cancel(String runId) {
    runs.cancel(runId);
  }

  /** Null when it is begun. */
  private @Nullable ApiError begin(Item item) {
    return switch (OrderReader.read(item.body())) {
      case OrderReader.Reading.Bad(var why) -> why.error();
      case OrderReader.Reading.Good(var wanted) ->
          switch (runs.admit(
              item.runId(),
              new Runs.Order(
                  item.caller(),
                  item.policy(),
                  item.requestId(),
                  item.traceparent(),
                  item.pipeline(),
                  wanted.input(),
                  wanted.metadata(),
                  false,
                  Runs.least(wanted.maxCostNanos(), item.mostNanos()),
                  wanted.timeout(),
                  null,
                  null))) {
            case Runs.Admitted.Run admitted -> null;
            case Runs.Admitted.Not(var why) -> why.error();
          };
    };
  }

  private Result result(RunRow run) {
    ObjectNode shown = json.whole(run, book.steps(run.id()), new RunJson.Shown(true, false));
    int status = RunsRoute.status(run);
    return new Result(
        status,
        shown,
        run.status().equals("completed") ? null : error(run, status),
        run.costNanos(),
        run.unpriced() > 0,
        run.promptTokens(),
        run.completionTokens());
  }

  private static ApiError error(RunRow run, int status) {
    JsonNode error = RunJson.read(run.error());
    JsonNode step = error.path("step");
    return new ApiError(
        status,
        "run_error",
        error.path("code").asText("run_" + run.status()),
        error.path("message").asText("The run is " + run.status() + "."),
        step.isTextual() ? step.textValue() : null,
        "router");
  }
}
