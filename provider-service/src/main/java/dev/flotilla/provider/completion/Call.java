package dev.flotilla.provider.completion;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.provider.lease.Payer;
import io.opentelemetry.context.Context;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as it reached this service, and what it is part of.
 *
 * @param embeds whether it asks for vectors; otherwise for a conversation's next words
 * @param origin {@code chat pipeline batch review classifier sample shadow}
 * @param cheapest whether the model is of the cheapest tier, for which some budgets have more
 * @param maxCostNanos refused when it could cost more, nano-dollars; null is no limit
 * @param bodyBytes size of the body as it came
 * @param trace the span this call is made under
 */
public record Call(
    String requestId,
    boolean embeds,
    Caller caller,
    String origin,
    @Nullable String taskType,
    @Nullable String pipeline,
    @Nullable String run,
    @Nullable String step,
    Map<String, String> tags,
    boolean cheapest,
    @Nullable Long maxCostNanos,
    Deadline deadline,
    ObjectNode body,
    int bodyBytes,
    Context trace) {
  /** Whose money it costs. */
  Payer payer() {
    return new Payer(caller.team(), caller.key(), caller.project(), pipeline);
  }

  /** Catalogue id as asked for; empty when the body has none. */
  public String model() {
    return body.path("model").asText("");
  }
}
