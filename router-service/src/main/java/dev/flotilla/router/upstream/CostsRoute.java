package dev.flotilla.router.upstream;

import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Visit;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * {@code GET /v1/costs…} and {@code GET /v1/requests/…}: passes a question on to cost-service with
 * the caller's identity, and the answer back as it came.
 */
public final class CostsRoute implements DoorHandler {
  private final HttpClient http;
  private final URI costs;
  private final ServiceToken token;
  private final Duration patience;

  /**
   * @param patience how long cost-service may take
   */
  public CostsRoute(HttpClient http, URI costs, ServiceToken token, Duration patience) {
    this.http = http;
    this.costs = costs;
    this.token = token;
    this.patience = patience;
  }

  @Override
  public void answer(Visit visit) {
    String query =
        visit.request().query().isEmpty() ? "" : "?" + visit.request().query().rawValue();
    var builder =
        HttpRequest.newBuilder(URI.create(costs + visit.request().path().rawPath() + query))
            .timeout(patience)
            .header("authorization", token.header())
            .header(FleetHeaders.REQUEST_ID, visit.requestId())
            .header(FleetHeaders.TRACEPARENT, Tracing.traceparent(visit.span()));
    visit.caller().send(builder::header);
    try {
      HttpResponse<byte[]> answer =
          http.send(builder.build(), HttpResponse.BodyHandlers.ofByteArray());
      visit.send(
          answer.statusCode(),
          answer.headers().firstValue("content-type").orElse("application/json"),
          answer.body());
    } catch (IOException e) {
      visit.setHeader("retry-after", "5");
      visit.send(
          new ApiError(
              503,
              "server_error",
              "cost_service_unavailable",
              "The service that keeps the ledger does not answer. Nothing is lost: chat goes on, and rows arrive when it is back.",
              null,
              "router"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
