package dev.flotilla.router.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.DeadlinePassed;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.http.HttpReply;
import dev.flotilla.kit.http.JsonBody;
import dev.flotilla.kit.http.NotConnected;
import dev.flotilla.kit.http.SseReader;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.provider.ProviderAddresses;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.exchange.Purpose;
import java.io.IOException;
import java.net.URI;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks provider-service for one model's answer. Thread-safe. */
public final class ModelCaller {
  /** Chunks are small; a line beyond this is not one. */
  private static final int MAX_EVENT_BYTES = 16 << 20;

  private final HttpCaller http;
  private final ProviderAddresses providers;
  private final ServiceToken token;

  public ModelCaller(HttpCaller http, ProviderAddresses providers, ServiceToken token) {
    this.http = http;
    this.providers = providers;
    this.token = token;
  }

  /**
   * Asks and waits for the answer, or for the first piece of its stream.
   *
   * @param candidate which place in the plan this model has, from 0
   * @param traceparent of the span this call belongs to
   */
  public CallOutcome call(
      Model model, int candidate, ChatRequest request, ModelCall call, String traceparent) {
    if (call.deadline().passed()) {
      return failed(Outcomes.TIMEOUT, "the request's deadline has passed");
    }
    try {
      return read(
          model,
          request,
          call,
          http.post(
              URI.create(
                  providers.of(model.provider().id())
                      + (request.embeds() ? "/v1/embeddings" : "/v1/chat/completions")),
              headers(model, candidate, call, traceparent),
              JsonBody.of(request.bodyFor(model)),
              call.deadline()));
    } catch (NotConnected e) {
      return notReached(Outcomes.CONNECT, model, " cannot be reached");
    } catch (DeadlinePassed e) {
      return failed(Outcomes.TIMEOUT, model.id() + " did not answer before the request's deadline");
    } catch (IOException e) {
      return Thread.currentThread().isInterrupted()
          ? failed(Outcomes.TIMEOUT, "the request was given up")
          : notReached(Outcomes.TRUNCATED, model, " broke off");
    }
  }

  private static CallOutcome read(
      Model model, ChatRequest request, ModelCall call, HttpReply reply) {
    boolean simulated = reply.header(FleetHeaders.SIMULATED) != null;
    if (request.stream() && reply.status() == 200) {
      var stream = new AnswerStream(new SseReader(reply.body(), MAX_EVENT_BYTES));
      return switch (stream.peekFirst()) {
        case StreamEvent.Broken(var reason, var message, var attempts) -> {
          stream.close();
          yield new CallOutcome.Failed(reason, model.id() + ": " + message, null, attempts);
        }
        case StreamEvent.Chunk chunk -> new CallOutcome.Streaming(stream, simulated);
        case StreamEvent.Finished finished -> new CallOutcome.Streaming(stream, simulated);
        case StreamEvent.KeepAlive none -> new CallOutcome.Streaming(stream, simulated);
      };
    }
    List<AttemptReport> attempts = AttemptReports.of(reply.header(FleetHeaders.ATTEMPTS));
    try (reply) {
      ObjectNode answer = Json.parseObject(reply.body().readAllBytes());
      return reply.status() == 200
          ? new CallOutcome.Answered(new Completion(answer), simulated, attempts)
          : refused(model, reply.status(), answer.path("error"), attempts);
    } catch (IOException e) {
      return new CallOutcome.Failed(
          call.deadline().passed() ? Outcomes.TIMEOUT : Outcomes.TRUNCATED,
          model.id() + "'s answer broke off",
          null,
          attempts);
    } catch (NotJson e) {
      return new CallOutcome.Failed(
          Outcomes.SERVER_ERROR,
          "provider-service answered with something else than JSON",
          null,
          attempts);
    }
  }

  private static CallOutcome refused(
      Model model, int status, JsonNode error, List<AttemptReport> attempts) {
    String outcome = error.path("outcome").asText(Outcomes.SERVER_ERROR);
    String message = error.path("message").asText("status " + status);
    if (outcome.equals(Outcomes.REJECTED)
        || outcome.equals(Outcomes.UNSUPPORTED)
        || outcome.equals(Outcomes.BUDGET)) {
      JsonNode param = error.path("param");
      var told =
          new ApiError(
              status,
              error.path("type").asText(ApiError.INVALID_REQUEST),
              error.path("code").asText("rejected_by_provider"),
              message,
              param.isTextual() ? param.textValue() : null,
              error.path("source").asText("provider"));
      return switch (outcome) {
        case Outcomes.REJECTED -> new CallOutcome.Rejected(told, attempts);
        case Outcomes.BUDGET -> new CallOutcome.OverBudget(model, told, attempts);
        default -> new CallOutcome.Inexpressible(model, told);
      };
    }
    if (outcome.equals(Outcomes.SHED)) {
      return new CallOutcome.Shed(attempts);
    }
    JsonNode retryAfter = error.path("retry_after_ms");
    return new CallOutcome.Failed(
        outcome,
        model.id() + ": " + message,
        retryAfter.isNumber() ? retryAfter.longValue() : null,
        attempts);
  }

  private static CallOutcome notReached(String outcome, Model model, String how) {
    return failed(outcome, "the service that calls " + model.provider().id() + how);
  }

  private static CallOutcome failed(String reason, String message) {
    return new CallOutcome.Failed(reason, message, null, List.of());
  }

  private Map<String, String> headers(
      Model model, int candidate, ModelCall call, String traceparent) {
    var headers = new HashMap<String, String>();
    headers.put("authorization", token.header());
    headers.put(FleetHeaders.REQUEST_ID, call.requestId());
    headers.put(FleetHeaders.TRACEPARENT, traceparent);
    headers.put(FleetHeaders.DEADLINE, call.deadline().header());
    Purpose purpose = call.purpose();
    headers.put(FleetHeaders.ORIGIN, purpose.origin());
    putIfThere(headers, FleetHeaders.PIPELINE, purpose.pipeline());
    putIfThere(headers, FleetHeaders.RUN, purpose.run());
    putIfThere(headers, FleetHeaders.STEP, purpose.step());
    // A second answer of the same candidate is a call of its own: no key finds the first one's.
    String place = candidate + (purpose.samples() ? "+1" : "");
    headers.put(FleetHeaders.CANDIDATE, place);
    call.caller().send(headers::put);
    if (call.taskType() != null) {
      headers.put(FleetHeaders.TASK_TYPE, call.taskType().word());
    }
    if (call.maxCostNanos() != null) {
      headers.put(FleetHeaders.MAX_COST_NANOS, Long.toString(call.maxCostNanos()));
    }
    if (call.cheapest()) {
      headers.put(FleetHeaders.TIER, FleetHeaders.CHEAPEST);
    }
    if (!call.tags().isEmpty()) {
      headers.put(FleetHeaders.TAGS, encoded(call.tags()));
    }
    if (call.idempotencyKey() != null) {
      // By model, too: the same request may be planned otherwise when it comes again.
      headers.put(FleetHeaders.IDEMPOTENCY, call.idempotencyKey() + "/" + place + "/" + model.id());
    }
    return headers;
  }

  private static void putIfThere(Map<String, String> headers, String name, @Nullable String value) {
    if (value != null) {
      headers.put(name, value);
    }
  }

  private static String encoded(Map<String, String> tags) {
    ObjectNode json = Json.object();
    tags.forEach(json::put);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(json));
  }
}
