package dev.flotilla.router.pipeline.journal;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run as whoever takes it up finds it.
 *
 * @param definitions JSON object: YAML by name of the pipeline
 * @param caller JSON, see {@link RunCaller}
 * @param input JSON
 * @param metadata JSON object of strings, which tag what is paid
 * @param spentNanos what is known to have been paid, and the ceilings of what is not
 * @param first whether nobody had taken it up before
 */
public record LoadedRun(
    String id,
    String pipeline,
    String definitions,
    String caller,
    String traceparent,
    String input,
    String metadata,
    boolean streams,
    @Nullable Long maxCostNanos,
    @Nullable Instant deadline,
    boolean cancelling,
    int round,
    long spentNanos,
    boolean first,
    List<Attempt> attempts) {
  public LoadedRun {
    attempts = List.copyOf(attempts);
  }
}
