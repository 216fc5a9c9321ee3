package dev.flotilla.review.reviewer;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.identity.Caller;
import io.opentelemetry.context.Context;

/**
 * On whose behalf, until when and within which trace a panel is asked.
 *
 * @param trace what the reviewers' spans are below
 */
public record Errand(Caller caller, String requestId, Deadline deadline, Context trace) {}
