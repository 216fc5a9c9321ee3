package dev.flotilla.review.reviewer;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.identity.Caller;
import io.opentelemetry.context.Context;
import java.util.Map;

/**
 * On whose behalf, until when and within which trace a panel is asked.
 *
 * @param reviewId under which no reviewer is paid twice, whoever asks
 * @param purpose {@code x-flotilla-pipeline}, {@code -run} and {@code -step} as whoever asks said
 *     them, so that the ledger can say what a reviewer was paid for
 * @param trace what the reviewers' spans are below
 */
public record Errand(
    Caller caller,
    String requestId,
    String reviewId,
    Map<String, String> purpose,
    Deadline deadline,
    Context trace) {
  public Errand {
    purpose = Map.copyOf(purpose);
  }
}
