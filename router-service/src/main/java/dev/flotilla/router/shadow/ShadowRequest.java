package dev.flotilla.router.shadow;

import dev.flotilla.kit.identity.Caller;
import dev.flotilla.learning.confidence.Features;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.routing.Plan;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request that was answered.
 *
 * @param answeredBy id of the model that did
 * @param refused ids of models whose answers were not accepted before
 * @param given what it said, whole
 * @param signs what a gate saw of that answer; null when nobody doubted it
 * @param traceparent of the span it belongs to
 */
public record ShadowRequest(
    Plan plan,
    ChatRequest request,
    Caller caller,
    String requestId,
    String traceparent,
    String answeredBy,
    Set<String> refused,
    Completion given,
    @Nullable Features signs) {}
