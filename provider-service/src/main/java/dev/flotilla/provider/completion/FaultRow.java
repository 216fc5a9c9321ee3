package dev.flotilla.provider.completion;

import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.resilience.Evidence;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a failure: one row of the fault table.
 *
 * @param outcome one of {@link Outcomes}
 * @param upstreamStatus null when the provider gave none
 * @param sent whether a byte of the request reached the provider
 * @param mayBeBilled whether the provider may charge for it
 * @param evidence what it says about the model's health
 * @param retryAfter null when nobody knows
 * @param error what the caller is told
 */
record FaultRow(
    String outcome,
    @Nullable Integer upstreamStatus,
    boolean sent,
    boolean mayBeBilled,
    Evidence evidence,
    @Nullable Duration retryAfter,
    ApiError error) {

  static FaultRow of(Failure failure, String provider) {
    return switch (failure) {
      case Failure.Unreachable(String reason) ->
          new FaultRow(
              Outcomes.CONNECT,
              null,
              false,
              false,
              Evidence.UNREACHABLE,
              null,
              upstream(502, "provider_unreachable", provider + " cannot be reached: " + reason));
      case Failure.Distrusted() ->
          new FaultRow(
              Outcomes.AUTH,
              null,
              false,
              false,
              Evidence.UNREACHABLE,
              null,
              upstream(
                  502,
                  "provider_not_trusted",
                  provider
                      + " could not show that it is "
                      + provider
                      + ": its certificate is expired, another host's, or signed by nobody we"
                      + " trust"));
      case Failure.Rejected(int status, String code, String message) ->
          new FaultRow(
              rejection(code),
              status,
              true,
              false,
              Evidence.NONE,
              null,
              new ApiError(status, ApiError.INVALID_REQUEST, code, message, null, "provider"));
      case Failure.Barred(int status) when status == 404 ->
          new FaultRow(
              Outcomes.AUTH,
              status,
              true,
              false,
              Evidence.GONE,
              null,
              upstream(
                  502,
                  "provider_model_gone",
                  provider
                      + " answered 404: it does not serve this model, here or with this key; correct"
                      + " upstream or base_url in the catalogue, or take the model out"));
      case Failure.Barred(int status) ->
          new FaultRow(
              Outcomes.AUTH,
              status,
              true,
              false,
              Evidence.NONE,
              null,
              upstream(
                  502,
                  "provider_refused_us",
                  provider
                      + " answered "
                      + status
                      + "; its key, its balance or its address in the catalogue is wrong"));
      case Failure.Throttled(int status, var retryAfter) ->
          new FaultRow(
              Outcomes.RATE_LIMITED,
              status,
              true,
              false,
              Evidence.NONE,
              retryAfter,
              new ApiError(
                  429,
                  "requests",
                  "rate_limit_exceeded",
                  provider + " asks for fewer requests",
                  null,
                  "provider"));
      case Failure.Overloaded(int status, var retryAfter) ->
          new FaultRow(
              Outcomes.OVERLOADED,
              status,
              true,
              false,
              Evidence.SICK,
              retryAfter,
              upstream(503, "provider_overloaded", provider + " is too busy"));
      case Failure.ServerError(int status) ->
          new FaultRow(
              Outcomes.SERVER_ERROR,
              status,
              true,
              true,
              Evidence.SICK,
              null,
              upstream(
                  status == 504 ? 504 : 502,
                  "provider_failed",
                  provider + " failed with " + status));
      case Failure.TimedOut() ->
          new FaultRow(
              Outcomes.TIMEOUT,
              null,
              true,
              true,
              Evidence.SLOW,
              null,
              new ApiError(
                  504,
                  "timeout",
                  "provider_timeout",
                  provider + " did not answer before the deadline",
                  null,
                  "provider"));
      case Failure.Lost() ->
          new FaultRow(
              Outcomes.TRUNCATED,
              null,
              true,
              true,
              Evidence.SICK,
              null,
              upstream(504, "provider_lost", provider + " hung up before its answer ended"));
      case Failure.CutShort(int status, var usage) ->
          new FaultRow(
              Outcomes.TRUNCATED,
              status,
              true,
              true,
              Evidence.SICK,
              null,
              upstream(502, "provider_gave_up", provider + " gave up in the middle of its answer"));
      case Failure.BadAnswer(int status, var usage) ->
          new FaultRow(
              Outcomes.INVALID_OUTPUT,
              status,
              true,
              true,
              Evidence.HALF_SICK,
              null,
              upstream(
                  502, "provider_bad_answer", provider + " said it succeeded but sent no answer"));
    };
  }

  private static String rejection(String code) {
    return switch (code) {
      case "context_length_exceeded" -> Outcomes.CONTEXT_LENGTH;
      case "content_filter", "content_policy_violation" -> Outcomes.CONTENT_FILTER;
      default -> Outcomes.REJECTED;
    };
  }

  private static ApiError upstream(int status, String code, String message) {
    return new ApiError(status, "upstream_error", code, message, null, "provider");
  }
}
