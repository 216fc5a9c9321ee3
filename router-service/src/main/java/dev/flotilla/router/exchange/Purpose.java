package dev.flotilla.router.exchange;

import org.jspecify.annotations.Nullable;

/**
 * What a request to a model is made for, as ledger and metrics keep it.
 *
 * @param origin {@code chat}, {@code embeddings}, {@code pipeline}, {@code batch}, {@code
 *     classifier} or {@code sample}
 * @param pipeline name of the pipeline it is a step of; null when it is none
 * @param run id of the run it belongs to; null when it belongs to none
 * @param step path of the step within the pipeline, the same for all items of a list; null when it
 *     is none
 */
public record Purpose(
    String origin, @Nullable String pipeline, @Nullable String run, @Nullable String step) {
  private static final String SAMPLE = "sample";

  /** A caller's own request. */
  public static Purpose of(Operation operation) {
    return new Purpose(operation.word(), null, null, null);
  }

  /** Part of a request, to find out what kind of work it is. */
  public Purpose classifying() {
    return new Purpose("classifier", pipeline, run, step);
  }

  /** Part of a request, to see whether a model says the same when it is asked again. */
  public Purpose sampling() {
    return new Purpose(SAMPLE, pipeline, run, step);
  }

  /** Whether a model is asked once more what it has been asked. */
  public boolean samples() {
    return origin.equals(SAMPLE);
  }

  /** A step of a run. */
  public static Purpose step(String pipeline, String run, String step) {
    return new Purpose("pipeline", pipeline, run, step);
  }

  /** An item of a batch. */
  public static Purpose batch(String batch) {
    return new Purpose("batch", null, batch, null);
  }
}
