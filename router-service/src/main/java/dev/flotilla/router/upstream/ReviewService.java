package dev.flotilla.router.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.exchange.Purpose;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Has things judged, and people asked, by review-service on behalf of a caller. Thread-safe. */
public final class ReviewService {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final HttpClient http;
  private final URI service;
  private final ServiceToken token;

  public ReviewService(HttpClient http, URI service, ServiceToken token) {
    this.http = http;
    this.service = service;
    this.token = token;
  }

  /**
   * What it said.
   *
   * @param status of HTTP; 0 when it did not answer
   * @param body empty when it did not answer with a JSON object
   */
  public record Said(int status, ObjectNode body) {
    public boolean good() {
      return status >= 200 && status < 300;
    }

    /** Whether asking again may do better. */
    public boolean mayPass() {
      return status == 0 || status == 429 || status >= 500;
    }

    /** In its own words, as far as there are any. */
    public String message() {
      String detail = body.path("detail").asText("");
      if (!detail.isEmpty()) {
        return detail;
      }
      return status == 0
          ? "The service that reviews does not answer."
          : "The service that reviews answered with status " + status + ".";
    }
  }

  /**
   * What accompanies a question.
   *
   * @param traceparent of the span it belongs to
   * @param idempotencyKey null when asking twice does no harm
   * @param deadline null for a question that is answered at once
   */
  public record Asking(
      Caller caller,
      String requestId,
      String traceparent,
      Purpose purpose,
      @Nullable String idempotencyKey,
      @Nullable Deadline deadline) {}

  public Said get(String path, Asking asking) {
    return send(request(path, asking).GET().build());
  }

  public Said post(String path, ObjectNode body, Asking asking) {
    return send(
        request(path, asking)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body)))
            .build());
  }

  private HttpRequest.Builder request(String path, Asking asking) {
    Deadline deadline = asking.deadline();
    var request =
        HttpRequest.newBuilder(URI.create(service + path))
            .header("authorization", token.header())
            .header(FleetHeaders.REQUEST_ID, asking.requestId())
            .header(FleetHeaders.TRACEPARENT, asking.traceparent())
            .timeout(deadline == null ? PATIENCE : deadline.remaining().plus(PATIENCE));
    if (deadline != null) {
      request.header(FleetHeaders.DEADLINE, deadline.header());
    }
    if (asking.idempotencyKey() != null) {
      request.header(FleetHeaders.IDEMPOTENCY, asking.idempotencyKey());
    }
    Purpose purpose = asking.purpose();
    put(request, FleetHeaders.PIPELINE, purpose.pipeline());
    put(request, FleetHeaders.RUN, purpose.run());
    put(request, FleetHeaders.STEP, purpose.step());
    asking.caller().send(request::header);
    return request;
  }

  private static void put(HttpRequest.Builder request, String name, @Nullable String value) {
    if (value != null) {
      request.header(name, value);
    }
  }

  private Said send(HttpRequest request) {
    try {
      HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      return new Said(answer.statusCode(), read(answer.body()));
    } catch (IOException e) {
      return new Said(0, Json.object());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Said(0, Json.object());
    }
  }

  private static ObjectNode read(byte[] body) {
    try {
      return Json.parseObject(body);
    } catch (NotJson e) {
      return Json.object();
    }
  }
}
