package dev.flotilla.provider.completion;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.json.WireJson;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What accompanies an answer or an error, as text. */
final class ReportText {
  private ReportText() {}

  /** Value of {@link FleetHeaders#ATTEMPTS}. */
  static String header(List<AttemptReport> attempts) {
    return WireJson.text(attempts);
  }

  /** The same inside a stream, where clients pass over it. */
  static SseEvent comment(List<AttemptReport> attempts) {
    return new SseEvent("", "", FleetHeaders.ATTEMPTS_COMMENT + header(attempts));
  }

  /** An error's body with what the router needs to decide whether to go on. */
  static ObjectNode error(
      ApiError error,
      String requestId,
      String outcome,
      @Nullable Duration retryAfter,
      boolean sent) {
    ObjectNode body = error.body(requestId);
    body.withObject("/error")
        .put("outcome", outcome)
        .put("retry_after_ms", retryAfter == null ? null : retryAfter.toMillis())
        .put("sent", sent);
    return body;
  }
}
