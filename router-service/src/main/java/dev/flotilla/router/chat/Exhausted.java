package dev.flotilla.router.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.fallback.FallbackOutcome;
import dev.flotilla.router.upstream.CallOutcome;
import dev.flotilla.router.validation.BrokenRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What to say when no candidate answered: whose fault it was, and when asking again makes sense.
 */
final class Exhausted {
  /**
   * A second is long enough for a client not to hammer, and short enough not to be noticed by a
   * person.
   */
  private static final long DEFAULT_RETRY_MILLIS = 1_000;

  private static final Set<String> OF_ALL =
      Set.of("all_providers_failed", "circuit_open", "output_invalid", "rate_limit_exceeded");

  private Exhausted() {}

  static Reply.Refused reply(
      FallbackOutcome outcome,
      CallOutcome.NoAnswer last,
      boolean deadlinePassed,
      RouteFacts facts) {
    var failures = new ArrayList<CallOutcome.NoAnswer>();
    outcome.hops().forEach(hop -> failures.add(hop.failure()));
    failures.add(last);
    String told =
        String.join(
            "; ", failures.stream().map(f -> f.message() + " (" + f.reason() + ")").toList());
    List<BrokenRule> broken =
        last instanceof CallOutcome.Unacceptable unacceptable ? unacceptable.broken() : List.of();
    if (all(failures, Outcomes.RATE_LIMITED)) {
      var error =
          new ApiError(
              429,
              "requests",
              "rate_limit_exceeded",
              "Every candidate is throttled: " + told,
              null,
              "provider");
      return new Reply.Refused(error, facts, shortestWait(failures), true, broken);
    }
    if (deadlinePassed) {
      return settled(
          504, "timeout", "deadline_exceeded", "The deadline passed: " + told, facts, broken);
    }
    if (all(failures, Outcomes.BUDGET)) {
      return overBudget(told, failures, facts);
    }
    if (all(failures, Outcomes.CONTEXT_LENGTH)) {
      return settled(
          400,
          ApiError.INVALID_REQUEST,
          "context_length_exceeded",
          "No candidate has a window that large: " + told,
          facts,
          broken);
    }
    if (all(failures, Outcomes.UNSUPPORTED)
        && last instanceof CallOutcome.Inexpressible(_, var objection)) {
      var error = ApiError.invalid(objection.code(), told, objection.param());
      return new Reply.Refused(error, facts, null, false, broken);
    }
    if (failures.stream().allMatch(CallOutcome.Unacceptable.class::isInstance)) {
      return settled(
          502,
          "upstream_error",
          "output_invalid",
          "No candidate gave an answer that passes validation: " + told,
          facts,
          broken);
    }
    boolean resting = all(failures, Outcomes.CIRCUIT_OPEN);
    var error =
        new ApiError(
            503,
            "upstream_error",
            resting ? "circuit_open" : "all_providers_failed",
            (failures.size() == 1
                    ? "The only candidate failed: "
                    : "All " + failures.size() + " candidates failed: ")
                + told,
            null,
            "provider");
    long wait = resting ? shortestWait(failures) : DEFAULT_RETRY_MILLIS;
    return new Reply.Refused(error, facts, wait, false, broken);
  }

  private static Reply.Refused overBudget(
      String told, List<CallOutcome.NoAnswer> failures, RouteFacts facts) {
    List<ApiError> errors =
        failures.stream()
            .filter(CallOutcome.OverBudget.class::isInstance)
            .map(failure -> ((CallOutcome.OverBudget) failure).error())
            .toList();
    for (ApiError error : errors) {
      if (error.status() != 402) {
        var unverifiable =
            new ApiError(error.status(), error.type(), error.code(), told, null, "router");
        return new Reply.Refused(unverifiable, facts, DEFAULT_RETRY_MILLIS, false, List.of());
      }
    }
    String code = errors.isEmpty() ? "max_cost_exceeded" : errors.getLast().code();
    return settled(
        402,
        "insufficient_quota",
        code.equals(Outcomes.BUDGET_DOWNGRADE) ? "budget_exceeded" : code,
        told,
        facts,
        List.of());
  }

  /**
   * Whether whoever asks the same now would fail alike: a deadline or a limit of cost is one
   * caller's own.
   */
  static boolean concernsOthers(Reply.Refused refused) {
    return OF_ALL.contains(refused.error().code()) && refused.error().source().equals("provider");
  }

  /** A refusal as text, for those who ask the same within the next moments. */
  static String mark(Reply.Refused refused) {
    ApiError error = refused.error();
    ObjectNode mark = Json.object();
    mark.put("status", error.status()).put("type", error.type()).put("code", error.code());
    mark.put("message", error.message()).put("source", error.source());
    mark.put("retry_after_ms", refused.retryAfterMillis()).put("retry", refused.worthRetrying());
    return Json.text(mark);
  }

  /** The refusal somebody else got a moment ago. */
  static Reply.Refused again(String mark) {
    var facts = RouteFacts.nobodyAsked(RouteFacts.CacheResult.MISS);
    try {
      JsonNode told = Json.parse(mark);
      var error =
          new ApiError(
              told.path("status").asInt(503),
              told.path("type").asText("upstream_error"),
              told.path("code").asText("all_providers_failed"),
              told.path("message").asText("All candidates failed a moment ago."),
              null,
              told.path("source").asText("provider"));
      JsonNode wait = told.path("retry_after_ms");
      return new Reply.Refused(
          error,
          facts,
          wait.isNumber() ? wait.longValue() : null,
          told.path("retry").asBoolean(false),
          List.of());
    } catch (NotJson e) {
      throw new IllegalStateException("a mark that this router did not write", e);
    }
  }

  /** Asking again changes nothing. */
  private static Reply.Refused settled(
      int status,
      String type,
      String code,
      String message,
      RouteFacts facts,
      List<BrokenRule> broken) {
    var error =
        new ApiError(status, type, code, message, null, status == 402 ? "router" : "provider");
    return new Reply.Refused(error, facts, null, false, broken);
  }

  private static boolean all(List<CallOutcome.NoAnswer> failures, String reason) {
    return failures.stream().allMatch(f -> f.reason().equals(reason));
  }

  private static long shortestWait(List<CallOutcome.NoAnswer> failures) {
    return failures.stream()
        .map(f -> f instanceof CallOutcome.Failed failed ? failed.retryAfterMillis() : null)
        .filter(Objects::nonNull)
        .mapToLong(Long::longValue)
        .min()
        .orElse(DEFAULT_RETRY_MILLIS);
  }
}
