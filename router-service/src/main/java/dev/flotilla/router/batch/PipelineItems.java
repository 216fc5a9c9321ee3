package dev.flotilla.router.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.router.pipeline.BatchedRuns;
import dev.flotilla.router.pipeline.BatchedRuns.Standing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Items that are runs of a pipeline. A run survives whoever began it; the item only waits for it,
 * and a run that waits for a person holds nothing here.
 */
final class PipelineItems implements ItemWork {
  private static final Duration LOOK = Duration.ofSeconds(2);

  /** A person is not that fast, and a decision wakes the run at once. */
  private static final Duration LOOK_AT_WAITING = Duration.ofSeconds(10);

  private final BatchedRuns runs;
  private final BooleanSupplier leaving;

  /**
   * @param leaving whether this process is about to end
   */
  PipelineItems(BatchedRuns runs, BooleanSupplier leaving) {
    this.runs = runs;
    this.leaving = leaving;
  }

  @Override
  public Price price(Batch batch, String body) {
    // Without a word about it a run may cost all that is left, and is begun alone.
    return runs.mostNanos(pipeline(batch), bytes(body))
        .map(most -> new Price(most, most))
        .orElse(new Price(1, Long.MAX_VALUE));
  }

  @Override
  public ItemEnd perform(Claimed item) {
    Batch batch = item.batch();
    var order =
        new BatchedRuns.Item(
            runId(item),
            batch.caller().caller(),
            batch.caller().policy(),
            item.requestId(),
            batch.traceparent(),
            pipeline(batch),
            bytes(item.body()),
            item.mostNanos());
    while (true) {
      switch (runs.go(order, LOOK)) {
        case Standing.Refused(var error) -> {
          return new ItemEnd.Failed(
              error, error.body(item.requestId()), false, false, Spent.NOTHING);
        }
        case Standing.Over(var result) -> {
          return ended(item, result);
        }
        case Standing.Going(boolean waits) -> {
          if (!batch.begins()) {
            // Whoever would still decide decides for nobody.
            runs.cancel(order.runId());
          }
          if (waits || leaving.getAsBoolean()) {
            return new ItemEnd.Running(order.runId(), batch.begins() ? LOOK_AT_WAITING : LOOK);
          }
        }
      }
    }
  }

  private static ItemEnd ended(Claimed item, BatchedRuns.Result result) {
    Long most = item.mostNanos();
    long unknown = 0;
    if (result.unpriced()) {
      unknown = most == null ? 1 : Math.max(1, most - result.costNanos());
    }
    var spent =
        new Spent(result.costNanos(), unknown, result.promptTokens(), result.completionTokens());
    ObjectNode run = result.run();
    ApiError error = result.error();
    return error == null
        ? new ItemEnd.Answered(run, spent)
        : new ItemEnd.Failed(error, run, false, false, spent);
  }

  /** The same for the same item: a run is begun once. */
  private static String runId(Claimed item) {
    return item.batch().id().replaceFirst("batch_", "run_") + "_" + item.number();
  }

  private static String pipeline(Batch batch) {
    return batch.endpoint() instanceof Endpoint.Runs(String pipeline) ? pipeline : "";
  }

  private static byte[] bytes(String body) {
    return body.getBytes(StandardCharsets.UTF_8);
  }
}
