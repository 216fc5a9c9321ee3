package dev.flotilla.router.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.CallerStream;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.opentelemetry.api.trace.Span;
import java.io.OutputStream;
import java.util.Optional;

/**
 * One request that came in by a door, and the way to answer it.
 *
 * @param policy what holds for the caller's key
 * @param body the whole body; empty when the door admits none
 * @param span the request's root in this service; ended by the door
 * @param startNanos when it came, on {@link System#nanoTime()}
 * @param dialect what the door's clients speak
 */
public record Visit(
    Caller caller,
    KeyPolicy policy,
    String requestId,
    byte[] body,
    Span span,
    long startNanos,
    DoorDialect dialect,
    ServerRequest request,
    ServerResponse response) {

  public Optional<String> header(String name) {
    return request.headers().first(HeaderNames.create(name));
  }

  /** Sets a header; values are ours or were checked before, line breaks never reach here. */
  public void setHeader(String name, String value) {
    response.header(HeaderNames.create(name), value);
  }

  public void send(int status, JsonNode json) {
    send(status, "application/json", Json.plainBytes(json));
  }

  public void send(int status, String contentType, byte[] bytes) {
    response.status(status);
    response.header(HeaderNames.CONTENT_TYPE, contentType);
    response.send(bytes);
  }

  public void send(ApiError error) {
    send(error.status(), inDialect(error.body(requestId)));
  }

  /** An error's body in the door's dialect, from one in OpenAI's. */
  public ObjectNode inDialect(ObjectNode error) {
    return dialect.errors().apply(error);
  }

  /**
   * Begins a stream of events; each flush sends what was written. Throws {@link
   * dev.flotilla.kit.http.CallerLeftException} when nobody is there to read it.
   */
  public OutputStream beginEvents() {
    response.status(200);
    response.header(HeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
    response.header(HeaderNames.CACHE_CONTROL, "no-cache");
    // proxies such as nginx would otherwise hold events back
    response.header(HeaderNames.create("x-accel-buffering"), "no");
    return new CallerStream(response);
  }

  static void identify(ServerResponse response, String requestId, DoorDialect dialect) {
    response.header(HeaderNames.create(FleetHeaders.REQUEST_ID), requestId);
    if (dialect.requestIdHeader() != null) {
      response.header(HeaderNames.create(dialect.requestIdHeader()), requestId);
    }
  }
}
