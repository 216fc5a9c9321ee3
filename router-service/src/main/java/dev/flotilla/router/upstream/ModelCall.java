package dev.flotilla.router.upstream;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.router.exchange.Purpose;
import dev.flotilla.router.exchange.TaskType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What accompanies a request to a model.
 *
 * @param purpose what it is made for
 * @param taskType null when models were named by the caller
 * @param maxCostNanos most this call may cost, nano-dollars; null is no limit
 * @param cheapest whether the model is of the cheapest tier, for which some budgets have more
 * @param tags the caller's tags for the ledger
 * @param idempotencyKey the caller's own name for this request, under which no call is paid twice;
 *     null when it gave none
 */
public record ModelCall(
    Caller caller,
    String requestId,
    Purpose purpose,
    @Nullable TaskType taskType,
    Deadline deadline,
    @Nullable Long maxCostNanos,
    boolean cheapest,
    Map<String, String> tags,
    @Nullable String idempotencyKey) {}
