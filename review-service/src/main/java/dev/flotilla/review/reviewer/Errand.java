package dev.flotilla.review.reviewer;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.identity.Caller;
import io.opentelemetry.context.Context;
import java.util.Map;

/**
 * On whose behalf, until when and within which trace a panel is asked.
 *
 * @param key under which no reviewer is paid twice, whoever asks: the review's, or its round's
 * @param purpose {@code x-flotilla-pipeline}, {@code -run} and {@code -step} as whoever asks said
 *     them, so that the ledger can say what a reviewer was paid for
 * @param trace what the reviewers' spans are below
 */
public record Errand(
    Caller caller,
    String requestId,
    String key,
    Map<String, String> purpose,
    Deadline deadline,
    Context trace) {
  public Errand {
    purpose = Map.copyOf(purpose);
  }

  /** The same for another round: what is asked then is paid then. */
  public Errand under(String otherKey) {
    return new Errand(caller, requestId, otherKey, purpose, deadline, trace);
  }
}
