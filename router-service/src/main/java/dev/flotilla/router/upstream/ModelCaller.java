package dev.flotilla.router.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.JsonBody;
import dev.flotilla.kit.http.SseReader;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks provider-service for one model's answer. Thread-safe. */
public final class ModelCaller {
  /** Chunks are small; a line beyond this is not one. */
  private static final int MAX_EVENT_BYTES = 16 << 20;

  private final HttpClient http;
  private final URI completions;
  private final URI embeddings;
  private final ServiceToken token;
  private final ScheduledExecutorService deadlines;

  /**
   * @param provider where provider-service listens
   * @param deadlines closes streams that nobody waits for any more
   */
  public ModelCaller(
      HttpClient http, URI provider, ServiceToken token, ScheduledExecutorService deadlines) {
    this.http = http;
    this.completions = URI.create(provider + "/v1/chat/completions");
    this.embeddings = URI.create(provider + "/v1/embeddings");
    this.token = token;
    this.deadlines = deadlines;
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
    HttpRequest outgoing = outgoing(model, candidate, request, call, traceparent);
    CompletableFuture<HttpResponse<InputStream>> exchange =
        http.sendAsync(outgoing, HttpResponse.BodyHandlers.ofInputStream());
    HttpResponse<InputStream> response;
    try {
      response = exchange.get(call.deadline().remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      exchange.cancel(true);
      return failed(Outcomes.TIMEOUT, model.id() + " did not answer before the request's deadline");
    } catch (ExecutionException e) {
      return notReached(model, e.getCause());
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      return failed(Outcomes.TIMEOUT, "the request was given up");
    }
    return read(model, request, call, response);
  }

  private CallOutcome read(
      Model model, ChatRequest request, ModelCall call, HttpResponse<InputStream> response) {
    boolean simulated = response.headers().firstValue(FleetHeaders.SIMULATED).isPresent();
    InputStream body = response.body();
    var watch =
        deadlines.schedule(
            () -> closeQuietly(body), call.deadline().remaining().toNanos(), TimeUnit.NANOSECONDS);
    if (request.stream() && response.statusCode() == 200) {
      var stream = new AnswerStream(new SseReader(body, MAX_EVENT_BYTES), watch);
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
    List<AttemptReport> attempts =
        AttemptReports.of(response.headers().firstValue(FleetHeaders.ATTEMPTS).orElse(null));
    try (body) {
      ObjectNode answer = Json.parseObject(body.readAllBytes());
      return response.statusCode() == 200
          ? new CallOutcome.Answered(new Completion(answer), simulated, attempts)
          : refused(model, response.statusCode(), answer.path("error"), attempts);
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
    } finally {
      watch.cancel(false);
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

  private static CallOutcome notReached(Model model, @Nullable Throwable cause) {
    boolean connect =
        cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
    return failed(
        connect ? Outcomes.CONNECT : Outcomes.TRUNCATED,
        "the service that calls "
            + model.provider().id()
            + (connect ? " cannot be reached" : " broke off"));
  }

  private static CallOutcome failed(String reason, String message) {
    return new CallOutcome.Failed(reason, message, null, List.of());
  }

  private HttpRequest outgoing(
      Model model, int candidate, ChatRequest request, ModelCall call, String traceparent) {
    var builder =
        HttpRequest.newBuilder(request.embeds() ? embeddings : completions)
            .header("authorization", token.header())
            .header("content-type", "application/json")
            .header(FleetHeaders.REQUEST_ID, call.requestId())
            .header(FleetHeaders.TRACEPARENT, traceparent)
            .header(FleetHeaders.DEADLINE, call.deadline().header())
            .header(FleetHeaders.ORIGIN, request.operation().word())
            .header(FleetHeaders.CANDIDATE, Integer.toString(candidate))
            .POST(JsonBody.of(request.bodyFor(model)));
    call.caller().send(builder::header);
    if (call.taskType() != null) {
      builder.header(FleetHeaders.TASK_TYPE, call.taskType().word());
    }
    if (call.maxCostNanos() != null) {
      builder.header(FleetHeaders.MAX_COST_NANOS, Long.toString(call.maxCostNanos()));
    }
    if (call.cheapest()) {
      builder.header(FleetHeaders.TIER, FleetHeaders.CHEAPEST);
    }
    if (!call.tags().isEmpty()) {
      builder.header(FleetHeaders.TAGS, encoded(call.tags()));
    }
    if (call.idempotencyKey() != null) {
      // By model, too: the same request may be planned otherwise when it comes again.
      builder.header(
          FleetHeaders.IDEMPOTENCY, call.idempotencyKey() + "/" + candidate + "/" + model.id());
    }
    return builder.build();
  }

  private static String encoded(Map<String, String> tags) {
    ObjectNode json = Json.object();
    tags.forEach(json::put);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(json));
  }

  private static void closeQuietly(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
