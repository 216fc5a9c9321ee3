package dev.flotilla.router.door;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.opentelemetry.api.trace.Span;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One request that came in by a door, and the way to answer it.
 *
 * @param policy what holds for the caller's key
 * @param body the whole body; empty when the door admits none
 * @param span the request's root in this service; ended by the door
 * @param startNanos when it came, on {@link System#nanoTime()}
 * @param dialect what the door's clients speak
 * @param out where the reply goes
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
    Outlet out) {

  /** The same visit, answered another way. */
  public Visit answeredBy(Outlet other) {
    return new Visit(caller, policy, requestId, body, span, startNanos, dialect, request, other);
  }

  /** The same visit, on account of another caller. */
  public Visit by(Caller other) {
    return new Visit(other, policy, requestId, body, span, startNanos, dialect, request, out);
  }

  public String method() {
    return request.prologue().method().text();
  }

  /** Where the connection comes from; behind a proxy that is the proxy. */
  public String address() {
    return address(request).getHostAddress();
  }

  /** Of the connection: what a header says of it anybody can write. */
  static InetAddress address(ServerRequest request) {
    return request.remotePeer().address() instanceof InetSocketAddress peer
        ? peer.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  /** As it was written, without the query. */
  public String path() {
    return request.path().rawPath();
  }

  /** Path and query as they came. */
  public String target() {
    return request.path().rawPath() + "?" + request.query().rawValue();
  }

  public Optional<String> header(String name) {
    return request.headers().first(HeaderNames.create(name));
  }

  /** All values of a header, one for each line it stands in. */
  public List<String> headers(String name) {
    return Framing.values(request, HeaderNames.create(name));
  }

  /** How long the SDKs of OpenAI and Anthropic wait, when they say so. */
  public Optional<Duration> clientPatience() {
    return header("x-stainless-timeout").flatMap(Visit::seconds);
  }

  /** Sets a header; values are ours or were checked before, line breaks never reach here. */
  public void setHeader(String name, String value) {
    out.header(name, value);
  }

  public void send(int status, JsonNode json) {
    send(status, "application/json", Json.plainBytes(json));
  }

  public void send(int status, String contentType, byte[] bytes) {
    out.send(status, contentType, bytes);
  }

  public void send(ApiError error) {
    send(error.status(), inDialect(error.body(requestId)));
  }

  /** Says when to come again, and that a client may do so by itself. */
  public void comeAgain(Duration wait) {
    setHeader("retry-after-ms", Long.toString(wait.toMillis()));
    setHeader("retry-after", Long.toString((wait.toMillis() + 999) / 1_000));
    setHeader(FleetHeaders.SHOULD_RETRY, "true");
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
    return out.events();
  }

  /**
   * Begins a body of any length. Closing it says that it is whole. Throws {@link
   * dev.flotilla.kit.http.CallerLeftException} when nobody is there to read it.
   */
  public OutputStream beginBody(int status, String contentType) {
    return out.body(status, contentType);
  }

  static void identify(ServerResponse response, String requestId, DoorDialect dialect) {
    response.header(HeaderNames.create(FleetHeaders.REQUEST_ID), requestId);
    if (dialect.requestIdHeader() != null) {
      response.header(HeaderNames.create(dialect.requestIdHeader()), requestId);
    }
  }

  private static Optional<Duration> seconds(String text) {
    try {
      long seconds = Long.parseLong(text.strip());
      return seconds > 0 && seconds < Integer.MAX_VALUE
          ? Optional.of(Duration.ofSeconds(seconds))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
