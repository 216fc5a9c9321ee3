package dev.flotilla.router.batch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody hands in.
 *
 * @param window after that time nothing more is begun
 * @param maxCostNanos nano-dollars; null for no limit
 * @param metadata the caller's own, given back as it came
 * @param webhook name of the target that is told the end; null when nobody is
 */
record NewBatch(
    Endpoint endpoint,
    List<Item> items,
    int concurrency,
    boolean stopOnError,
    Duration window,
    @Nullable Long maxCostNanos,
    ObjectNode metadata,
    @Nullable String webhook) {
  NewBatch {
    items = List.copyOf(items);
  }

  /**
   * One request of it.
   *
   * @param body JSON text
   */
  record Item(String customId, String body) {}
}
