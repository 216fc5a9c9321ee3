package dev.flotilla.review.reviewer;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.identity.Caller;
import io.opentelemetry.context.Context;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf, until when and within which trace a panel is asked.
 *
 * @param idempotencyKey under which no reviewer is paid twice; null when the caller gave none
 * @param purpose {@code x-flotilla-pipeline}, {@code -run} and {@code -step} as whoever asks said
 *     them, so that the ledger can say what a reviewer was paid for
 * @param trace what the reviewers' spans are below
 */
public record Errand(
    Caller caller,
    String requestId,
    @Nullable String idempotencyKey,
    Map<String, String> purpose,
    Deadline deadline,
    Context trace) {
  public Errand {
    purpose = Map.copyOf(purpose);
  }
}
