package dev.flotilla.router.chat;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.router.door.KeyPolicy;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.exchange.Purpose;
import io.opentelemetry.api.trace.Span;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What accompanies a request that this fleet makes itself for somebody: a step of a run, an item of
 * a batch.
 *
 * @param caller on whose account
 * @param policy what holds for the caller's key
 * @param requestId of this request alone; explanations and rows of the ledger have it
 * @param span what the calls become children of; ended by whoever began it
 * @param idempotencyKey under which no call is paid twice; null for none. A stream is paid whenever
 *     it is asked for
 * @param worthKeeping whether an answer that passed the validators of its task type may be kept for
 *     others
 */
public record Errand(
    Caller caller,
    KeyPolicy policy,
    String requestId,
    Purpose purpose,
    Deadline deadline,
    Span span,
    @Nullable String idempotencyKey,
    Predicate<Completion> worthKeeping) {}
