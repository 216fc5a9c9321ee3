package dev.flotilla.review.reviewer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.provider.ProviderAddresses;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks provider-service for one model's answer. Thread-safe. */
public final class ModelCaller {
  private final HttpClient http;
  private final ProviderAddresses providers;
  private final ServiceToken token;

  public ModelCaller(HttpClient http, ProviderAddresses providers, ServiceToken token) {
    this.http = http;
    this.providers = providers;
    this.token = token;
  }

  /**
   * Asks and waits for the answer, until the deadline at the latest.
   *
   * @param turn 1 for the first question to a reviewer, 2 for the repair of its answer, 0 for a
   *     revision
   * @param traceparent of the span this call belongs to
   */
  CallOutcome call(Model model, int turn, ObjectNode question, Errand errand, String traceparent) {
    if (errand.deadline().passed()) {
      return new CallOutcome.Late();
    }
    CompletableFuture<HttpResponse<byte[]>> exchange =
        http.sendAsync(
            outgoing(model, turn, question.put("model", model.id()), errand, traceparent),
            HttpResponse.BodyHandlers.ofByteArray());
    try {
      return read(
          model,
          errand,
          exchange.get(errand.deadline().remaining().toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      // Closes the connection, so that provider-service stops the spending.
      exchange.cancel(true);
      return new CallOutcome.Late();
    } catch (ExecutionException e) {
      return notReached(model, e.getCause());
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      return new CallOutcome.Late();
    }
  }

  private HttpRequest outgoing(
      Model model, int turn, ObjectNode question, Errand errand, String traceparent) {
    var builder =
        HttpRequest.newBuilder(
                URI.create(providers.of(model.provider().id()) + "/v1/chat/completions"))
            .header("authorization", token.header())
            .header("content-type", "application/json")
            .header(FleetHeaders.REQUEST_ID, errand.requestId())
            .header(FleetHeaders.TRACEPARENT, traceparent)
            .header(FleetHeaders.DEADLINE, errand.deadline().header())
            .header(FleetHeaders.ORIGIN, "review")
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(question)));
    errand.caller().send(builder::header);
    errand.purpose().forEach(builder::header);
    return builder
        .header(FleetHeaders.IDEMPOTENCY, errand.key() + "/" + model.id() + "/" + turn)
        .build();
  }

  private static CallOutcome read(Model model, Errand errand, HttpResponse<byte[]> response) {
    Spending spending =
        Spending.reported(response.headers().firstValue(FleetHeaders.ATTEMPTS).orElse(null));
    try {
      ObjectNode answer = Json.parseObject(response.body());
      if (response.statusCode() == 200) {
        JsonNode content = answer.path("choices").path(0).path("message").path("content");
        return new CallOutcome.Answered(content.asText(""), spending);
      }
      JsonNode error = answer.path("error");
      String outcome = error.path("outcome").asText(Outcomes.SERVER_ERROR);
      // provider-service was told the deadline too, and may notice first.
      return outcome.equals(Outcomes.TIMEOUT) && errand.deadline().passed()
          ? new CallOutcome.Late()
          : new CallOutcome.Failed(
              outcome,
              model.id() + ": " + error.path("message").asText("status " + response.statusCode()),
              spending);
    } catch (NotJson e) {
      return new CallOutcome.Failed(
          Outcomes.SERVER_ERROR,
          "provider-service answered with something else than JSON",
          spending);
    }
  }

  private static CallOutcome notReached(Model model, @Nullable Throwable cause) {
    boolean connect =
        cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
    return new CallOutcome.Failed(
        connect ? Outcomes.CONNECT : Outcomes.TRUNCATED,
        "the service that calls "
            + model.provider().id()
            + (connect ? " cannot be reached" : " broke off"),
        connect ? Spending.NONE : Spending.UNKNOWN);
  }
}
