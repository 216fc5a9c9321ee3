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
 * Passes a visitor's request on to another service of the fleet with the caller's identity, and the
 * answer back as it came.
 */
public final class Relay implements DoorHandler {
  private final HttpClient http;
  private final URI service;
  private final ServiceToken token;
  private final Duration patience;
  private final ApiError unavailable;

  /**
   * @param service where the other service listens
   * @param patience how long it may take
   * @param unavailable what a visitor is told when it does not answer
   */
  public Relay(
      HttpClient http, URI service, ServiceToken token, Duration patience, ApiError unavailable) {
    this.http = http;
    this.service = service;
    this.token = token;
    this.patience = patience;
    this.unavailable = unavailable;
  }

  @Override
  public void answer(Visit visit) {
    try {
      HttpResponse<byte[]> answer =
          http.send(request(visit), HttpResponse.BodyHandlers.ofByteArray());
      answer
          .headers()
          .firstValue("retry-after")
          .ifPresent(seconds -> visit.setHeader("retry-after", seconds));
      // Without the host: where a service listens is nothing a visitor could use, or should know.
      answer
          .headers()
          .firstValue("location")
          .ifPresent(where -> visit.setHeader("location", URI.create(where).getRawPath()));
      visit.send(
          answer.statusCode(),
          answer.headers().firstValue("content-type").orElse("application/json"),
          answer.body());
    } catch (IOException e) {
      visit.setHeader("retry-after", "5");
      visit.send(unavailable);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest request(Visit visit) {
    String query =
        visit.request().query().isEmpty() ? "" : "?" + visit.request().query().rawValue();
    var builder =
        HttpRequest.newBuilder(URI.create(service + visit.request().path().rawPath() + query))
            .timeout(patience)
            .header("authorization", token.header())
            .header(FleetHeaders.REQUEST_ID, visit.requestId())
            .header(FleetHeaders.TRACEPARENT, Tracing.traceparent(visit.span()));
    visit.caller().send(builder::header);
    visit
        .header(FleetHeaders.IDEMPOTENCY_KEY)
        .ifPresent(key -> builder.header(FleetHeaders.IDEMPOTENCY, key));
    String method = visit.request().prologue().method().text();
    if (visit.body().length == 0) {
      return builder.method(method, HttpRequest.BodyPublishers.noBody()).build();
    }
    return builder
        .header("content-type", visit.header("content-type").orElse("application/json"))
        .method(method, HttpRequest.BodyPublishers.ofByteArray(visit.body()))
        .build();
  }
}
