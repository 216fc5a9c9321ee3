package dev.flotilla.provider.completion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.heap.HeapRoom;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.CallerStream;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.log.Correlation;
import dev.flotilla.kit.telemetry.Tracing;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.microprofile.server.RoutingPath;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/chat/completions} and {@code POST /v1/embeddings} for the other services of the
 * fleet: headers and bytes become a {@link Call}, and a {@link Reply} becomes headers and bytes.
 */
@ApplicationScoped
@RoutingPath("/v1")
public class CompletionRoute implements HttpService {
  private static final Logger LOG = Logger.getLogger(CompletionRoute.class.getName());
  private static final HeaderName REQUEST_ID = HeaderNames.create(FleetHeaders.REQUEST_ID);
  private static final HeaderName ATTEMPTS = HeaderNames.create(FleetHeaders.ATTEMPTS);
  private static final HeaderName SIMULATED = HeaderNames.create(FleetHeaders.SIMULATED);
  private static final HeaderName REPLAYED = HeaderNames.create(FleetHeaders.IDEMPOTENCY_REPLAYED);
  private static final int LONGEST_TAGS = 4_096;
  private static final Duration COME_AGAIN = Duration.ofSeconds(1);
  private static final HeapRoom.Hold NOTHING = () -> {};

  private final KeyedCalls calls;
  private final CompletionConfig config;
  private final ServiceToken token;
  private final Tracing tracing;
  private final Threshold threshold;

  @Inject
  CompletionRoute(
      KeyedCalls calls,
      CompletionConfig config,
      ServiceToken token,
      Tracing tracing,
      Threshold threshold) {
    this.calls = calls;
    this.config = config;
    this.token = token;
    this.tracing = tracing;
    this.threshold = threshold;
  }

  @Override
  public void routing(HttpRules rules) {
    rules.post("/chat/completions", (request, response) -> answer(request, response, false));
    rules.post("/embeddings", (request, response) -> answer(request, response, true));
  }

  private void answer(ServerRequest request, ServerResponse response, boolean embeds) {
    String id = header(request, FleetHeaders.REQUEST_ID);
    String requestId = id == null ? "req_" + UUID.randomUUID() : id;
    response.header(REQUEST_ID, requestId);
    if (!token.admits(header(request, "authorization"))) {
      send(
          response,
          requestId,
          refusal(
              401,
              "authentication_error",
              "service_token_required",
              "This service answers only other services of its fleet; send the request to the router."));
      return;
    }
    Context parent = Tracing.received(header(request, FleetHeaders.TRACEPARENT));
    String path = embeds ? "/v1/embeddings" : "/v1/chat/completions";
    Span span = tracing.span("POST " + path, SpanKind.SERVER, parent);
    var correlation = new Correlation(requestId, span.getSpanContext().getTraceId());
    try {
      ScopedValue.where(Correlation.CURRENT, correlation)
          .run(() -> answer(request, response, embeds, requestId, parent.with(span), span));
    } finally {
      span.end();
    }
  }

  private void answer(
      ServerRequest request,
      ServerResponse response,
      boolean embeds,
      String requestId,
      Context trace,
      Span span) {
    Threshold.Entry entry = threshold.enter();
    if (entry != Threshold.Entry.INSIDE) {
      send(response, requestId, entry == Threshold.Entry.FULL ? noRoom() : leaving());
      return;
    }
    // A request without a length brings no body: the router knows what it sends.
    Optional<HeapRoom.Hold> room = threshold.roomFor(request.headers().contentLength().orElse(0));
    try (var _ = room.orElse(NOTHING)) {
      send(
          response,
          requestId,
          room.isPresent() ? reply(request, embeds, requestId, trace) : noRoom());
    } catch (UncheckedIOException | CloseConnectionException e) {
      LOG.log(Level.FINE, "The caller has left", e);
      throw new CloseConnectionException("the caller has left", e);
    } catch (RuntimeException e) {
      span.setStatus(StatusCode.ERROR);
      LOG.log(Level.SEVERE, "A call failed within this service", e);
      if (!response.isSent()) {
        send(
            response,
            requestId,
            refusal(
                500,
                "server_error",
                "internal_error",
                "This service failed; the log has the request's id."));
      }
    } finally {
      threshold.leave();
    }
  }

  private Reply reply(ServerRequest request, boolean embeds, String requestId, Context trace) {
    Caller caller = Caller.received(name -> name == null ? null : header(request, name));
    if (caller == null) {
      return refusal(
          400,
          ApiError.INVALID_REQUEST,
          "caller_missing",
          "The headers " + FleetHeaders.TEAM + " and " + FleetHeaders.KEY + " are missing.");
    }
    byte[] bytes = body(request);
    try {
      ObjectNode body = Json.parseObject(bytes);
      return calls.complete(
          new Call(
              requestId,
              embeds,
              caller,
              or(header(request, FleetHeaders.ORIGIN), "chat"),
              header(request, FleetHeaders.TASK_TYPE),
              header(request, FleetHeaders.PIPELINE),
              header(request, FleetHeaders.RUN),
              header(request, FleetHeaders.STEP),
              tags(header(request, FleetHeaders.TAGS)),
              FleetHeaders.CHEAPEST.equals(header(request, FleetHeaders.TIER)),
              nanos(header(request, FleetHeaders.MAX_COST_NANOS)),
              Deadline.fromHeader(header(request, FleetHeaders.DEADLINE), config.longest()),
              body,
              bytes.length,
              trace),
          header(request, FleetHeaders.IDEMPOTENCY));
    } catch (NotJson e) {
      return refusal(
          400,
          ApiError.INVALID_REQUEST,
          "invalid_json",
          "The body is not a JSON object: " + e.getMessage());
    } catch (BadHeader e) {
      return refusal(
          400, ApiError.INVALID_REQUEST, "invalid_header", String.valueOf(e.getMessage()));
    }
  }

  private void send(ServerResponse response, String requestId, Reply reply) {
    switch (reply) {
      case Reply.Answer(var body, boolean simulated, var attempts) -> {
        response.header(ATTEMPTS, ReportText.header(attempts));
        json(response, simulated, body);
      }
      case Reply.Replayed(var answer) -> {
        response.header(REPLAYED, "true");
        send(response, requestId, answer);
      }
      case Reply.Refusal(
              var error,
              var outcome,
              var retryAfter,
              var sent,
              var simulated,
              var attempts) -> {
        response.status(Status.create(error.status()));
        response.header(ATTEMPTS, ReportText.header(attempts));
        if (retryAfter != null) {
          response.header(HeaderNames.RETRY_AFTER, seconds(retryAfter));
        }
        json(response, simulated, ReportText.error(error, requestId, outcome, retryAfter, sent));
      }
      case Reply.Stream(var relay, boolean simulated) -> {
        try (relay) {
          response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
          response.header(HeaderNames.CACHE_CONTROL, "no-cache");
          markSimulated(response, simulated);
          relay(response, relay);
        }
      }
    }
  }

  private void relay(ServerResponse response, StreamRelay relay) {
    OutputStream caller = new CallerStream(response);
    relay.writeTo(caller, threshold::closed);
    try {
      caller.close();
    } catch (IOException e) {
      LOG.log(Level.FINE, "The caller of a stream has left", e);
    }
  }

  private static void json(ServerResponse response, boolean simulated, ObjectNode body) {
    markSimulated(response, simulated);
    response.header(HeaderValues.CONTENT_TYPE_JSON);
    response.send(Json.bytes(body));
  }

  private static void markSimulated(ServerResponse response, boolean simulated) {
    if (simulated) {
      response.header(SIMULATED, "true");
    }
  }

  private static Reply.Refusal refusal(int status, String type, String code, String message) {
    return Reply.Refusal.here(
        new ApiError(status, type, code, message, null, "router"),
        status >= 500 ? Outcomes.OVERLOADED : Outcomes.REJECTED,
        null);
  }

  private static Reply.Refusal leaving() {
    return refusal(
        503, "server_error", "shutting_down", "This instance is leaving; send the request again.");
  }

  private static Reply.Refusal noRoom() {
    return Reply.Refusal.here(
        new ApiError(
            503,
            "server_error",
            "overloaded",
            "This service makes as many calls as it can hold; nothing was sent, send the request"
                + " again after retry_after_ms.",
            null,
            "router"),
        Outcomes.SHED,
        COME_AGAIN);
  }

  /** Rounded up: coming back too early is refused again. */
  private static String seconds(Duration retryAfter) {
    return Long.toString((retryAfter.toMillis() + 999) / 1_000);
  }

  /** A header of another service that cannot be read. */
  private static final class BadHeader extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadHeader(String message) {
      super(message);
    }
  }

  private static Map<String, String> tags(@Nullable String base64) {
    if (base64 == null || base64.isEmpty()) {
      return Map.of();
    }
    try {
      if (base64.length() <= LONGEST_TAGS) {
        var json = new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.UTF_8);
        var tags = new HashMap<String, String>();
        for (Map.Entry<String, JsonNode> tag : Json.parse(json).properties()) {
          tags.put(tag.getKey(), tag.getValue().asText());
        }
        return Map.copyOf(tags);
      }
    } catch (IllegalArgumentException | NotJson e) {
      LOG.log(Level.FINE, "tags that cannot be read", e);
    }
    throw new BadHeader(
        FleetHeaders.TAGS + " is not base64url of a JSON object of strings, at most 2 KB.");
  }

  /** The router says how long it is, so that nothing needs to grow while it is read. */
  private static byte[] body(ServerRequest request) {
    byte[] bytes = new byte[(int) request.headers().contentLength().orElse(0)];
    try {
      int read = request.content().inputStream().readNBytes(bytes, 0, bytes.length);
      return read == bytes.length ? bytes : Arrays.copyOf(bytes, read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable Long nanos(@Nullable String text) {
    try {
      return text == null ? null : Long.valueOf(text);
    } catch (NumberFormatException e) {
      throw new BadHeader(FleetHeaders.MAX_COST_NANOS + " is not a whole number of nano-dollars.");
    }
  }

  private static @Nullable String header(ServerRequest request, String name) {
    return request.headers().first(HeaderNames.create(name)).orElse(null);
  }

  private static String or(@Nullable String value, String otherwise) {
    return value == null ? otherwise : value;
  }
}
