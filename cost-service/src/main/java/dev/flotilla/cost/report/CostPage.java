package dev.flotilla.cost.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Costs over time, in the shape of OpenAI's pages.
 *
 * @param data every bucket of the page, also those without results
 * @param nextPage send it as {@code page} to go on; null at the end
 */
record CostPage(String object, List<Bucket> data, boolean hasMore, @Nullable String nextPage) {
  CostPage(List<Bucket> data, @Nullable String nextPage) {
    this("page", data, nextPage != null, nextPage);
  }

  /**
   * A span of time.
   *
   * @param startTime unix seconds; later than the bucket's own start when the range begins within
   *     it
   * @param endTime unix seconds, exclusive; earlier than the bucket's own end when the range ends
   *     within it
   */
  record Bucket(String object, long startTime, long endTime, List<CostResult> results) {
    Bucket(long startTime, long endTime, List<CostResult> results) {
      this("bucket", startTime, endTime, results);
    }
  }
}
