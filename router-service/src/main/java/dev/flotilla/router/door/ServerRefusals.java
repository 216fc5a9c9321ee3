package dev.flotilla.router.door;

import com.github.f4b6a3.ulid.UlidCreator;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;

/**
 * What the server refuses before it knows which door is meant, in the shape of all our errors. The
 * connection is not used again: nobody knows where the next request begins.
 */
final class ServerRefusals implements DirectHandler {
  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType type,
      Status status,
      ServerResponseHeaders headers,
      String message) {
    ApiError error = error(type, status);
    String requestId = "req_" + UlidCreator.getMonotonicUlid();
    return TransportResponse.builder()
        .status(Status.create(error.status()))
        .headers(headers)
        .header(HeaderValues.CONTENT_TYPE_JSON)
        .header(ServerOutlet.AS_IT_SAYS)
        .header(HeaderValues.CONNECTION_CLOSE)
        .header(HeaderNames.create(FleetHeaders.REQUEST_ID), requestId)
        .keepAlive(false)
        .entity(Json.bytes(error.body(requestId)))
        .build();
  }

  private static ApiError error(EventType type, Status status) {
    return switch (status.code()) {
      case 408 ->
          new ApiError(
              408,
              "timeout",
              "request_timeout",
              "The request came too slowly; send it again at once and whole.",
              null,
              "router");
      case 431 ->
          new ApiError(
              431,
              ApiError.INVALID_REQUEST,
              "headers_too_large",
              "The request's headers are longer than is admitted; send fewer or shorter ones.",
              null,
              "router");
      default ->
          type == EventType.INTERNAL_ERROR
              ? new ApiError(
                  500,
                  "server_error",
                  "internal_error",
                  "The router failed before it could read the request.",
                  null,
                  "router")
              : new ApiError(
                  status.code() < 400 || status.code() >= 500 ? 400 : status.code(),
                  ApiError.INVALID_REQUEST,
                  "malformed_request",
                  "This is not a request of HTTP/1.1 as its specification has it: look at its"
                      + " first line, its headers, and whether there is one host.",
                  null,
                  "router");
    };
  }
}
