package dev.flotilla.local.demo;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The facts of one answer. A fact the router did not state is an empty text or 0.
 *
 * @param cost USD, of everything this request spent
 * @param cache {@code HIT MISS REFRESH BYPASS DISABLED}
 * @param fallbacks candidates that were tried in vain before this answer
 * @param problem why there is no usable answer; absent when there is one
 */
public record Answer(
    int status,
    String requestId,
    String taskType,
    String model,
    long promptTokens,
    long completionTokens,
    BigDecimal cost,
    String cache,
    int fallbacks,
    String fallbackReason,
    boolean streamed,
    @Nullable String problem) {

  public boolean succeeded() {
    return problem == null;
  }

  public boolean fromCache() {
    return cache.equals("HIT");
  }
}
