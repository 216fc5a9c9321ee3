package dev.flotilla.router.door;

import com.github.f4b6a3.ulid.UlidCreator;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.heap.HeapRoom;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.log.Correlation;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.door.ApiKeys.KnownKey;
import dev.flotilla.router.door.BodyReader.Brought;
import dev.flotilla.router.door.Recognition.Outcome;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Every way into this fleet. Whoever comes in has been identified, may do what is behind the door,
 * and brought no more than it admits.
 */
public final class Doors {
  private static final System.Logger LOG = System.getLogger(Doors.class.getName());

  /**
   * What we accept of a caller's own request id; anything else would travel into logs and headers
   * unchecked.
   */
  private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  private static final HeaderName RETRY_COUNT = HeaderNames.create("x-stainless-retry-count");

  /** Served by the part of the server that is MicroProfile's, which stands behind the doors. */
  private static final String API_DOCUMENT = "/openapi";

  /** For other services of the fleet, who show its token. */
  private static final String INTERNAL = "/internal/";

  private static final KnownKey NOBODY =
      new KnownKey(new Caller("", "", null, Set.of(), List.of()), KeyPolicy.NONE);

  private final List<Door> doors;
  private final Recognition recognition;
  private final Porter porter;
  private final Tracing tracing;
  private final Counter clientRetries;

  public Doors(
      List<Door> doors,
      Recognition recognition,
      Porter porter,
      Tracing tracing,
      MetricRegistry metrics) {
    this(doors, List.of(), recognition, porter, tracing, metrics);
  }

  /**
   * @param pages doors for people, see {@link Door#open}
   */
  public Doors(
      List<Door> doors,
      List<Door> pages,
      Recognition recognition,
      Porter porter,
      Tracing tracing,
      MetricRegistry metrics) {
    this.doors = Stream.concat(doors.stream(), pages.stream()).toList();
    this.recognition = recognition;
    this.porter = porter;
    this.tracing = tracing;
    this.clientRetries =
        metrics.counter(
            Metadata.builder()
                .withName(MetricNames.CLIENT_RETRIES)
                .withDescription("Requests that their client had sent before, as its SDK says")
                .build());
  }

  /** The registry, for documentation and the access matrix. */
  public List<Door> all() {
    return doors;
  }

  /** What is below a path is not the path itself, as the server would have it. */
  private static String pattern(String path) {
    return path.endsWith("/*") ? path.substring(0, path.length() - 1) + "{+below}" : path;
  }

  /** Opens all doors on a server. */
  public void open(HttpRules rules) {
    for (Door door : doors) {
      rules.route(
          Method.create(door.method()),
          pattern(door.path()),
          (request, response) -> heard(request, () -> enter(door, request, response)));
    }
    Map<String, List<Door>> byPath = doors.stream().collect(Collectors.groupingBy(Door::path));
    byPath.forEach(
        (path, here) ->
            rules.any(
                pattern(path),
                (request, response) -> heard(request, () -> wrongMethod(here, request, response))));
    rules.any("/*", (request, response) -> heard(request, () -> noSuchDoor(request, response)));
  }

  /**
   * Opens the same doors on a server that has more than them: what is at another path is not told
   * about here.
   */
  public void openBeside(HttpRules rules) {
    for (Door door : doors) {
      rules.route(
          Method.create(door.method()),
          pattern(door.path()),
          (request, response) -> heard(request, () -> enter(door, request, response)));
    }
  }

  private static void heard(ServerRequest request, Runnable answer) {
    Guest.headIsRead(request.content().hasEntity());
    try {
      answer.run();
    } finally {
      Guest.isAnswered();
    }
  }

  private void enter(Door door, ServerRequest request, ServerResponse response) {
    ApiError refusal = porter.enter();
    if (refusal != null) {
      turnAway(refusal, door.dialect(), request, response);
      return;
    }
    try {
      inside(door, request, response);
    } finally {
      porter.leave();
    }
  }

  private void inside(Door door, ServerRequest request, ServerResponse response) {
    long start = System.nanoTime();
    if (isRetry(request)) {
      clientRetries.inc();
    }
    String requestId = requestId(request);
    Visit.identify(response, requestId, door.dialect());
    String traceparent =
        request.headers().first(HeaderNames.create(FleetHeaders.TRACEPARENT)).orElse(null);
    Span span =
        tracing.span(
            door.method() + " " + door.path(), SpanKind.SERVER, Tracing.received(traceparent));
    try {
      ScopedValue.where(
              Correlation.CURRENT, new Correlation(requestId, span.getSpanContext().getTraceId()))
          .run(() -> admit(door, requestId, span, start, request, response));
    } finally {
      span.end();
    }
  }

  private void admit(
      Door door,
      String requestId,
      Span span,
      long start,
      ServerRequest request,
      ServerResponse response) {
    List<String> presented = door.isOpen() ? List.of() : presentedKeys(door.dialect(), request);
    KnownKey who = NOBODY;
    Duration comeAgain = null;
    try {
      ApiError error = Framing.fault(request);
      if (error == null && presented.size() > 1) {
        error = Framing.severalKeys();
      }
      boolean last = error != null;
      if (error == null && !door.isOpen()) {
        switch (recognition.recognise(
            presented.isEmpty() ? null : presented.getFirst(), Visit.address(request))) {
          case Outcome.Known(var key) -> {
            who = key;
            error = forbidden(door, who.caller());
          }
          case Outcome.Unknown(var unknown, var wait) -> {
            error = unknown;
            comeAgain = wait;
            if (error.status() == 401) {
              response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
            }
          }
        }
      }
      byte[] body = new byte[0];
      HeapRoom.Hold hold = () -> {};
      if (error == null) {
        switch (porter.bodies().read(door, request)) {
          case Brought.Body(var bytes, var room) -> {
            body = bytes;
            hold = room;
          }
          case Brought.TooLarge(long admitted, boolean endless) -> {
            error = tooLarge(admitted);
            last = endless;
          }
          case Brought.Unreadable() -> {
            error = unreadable();
            last = true;
          }
          case Brought.TooSlow() -> {
            error = tooSlow();
            last = true;
          }
          case Brought.NoRoom() -> {
            error = porter.noRoom();
          }
        }
      }
      var visit =
          new Visit(
              who.caller(),
              who.policy(),
              requestId,
              body,
              span,
              start,
              door.dialect(),
              request,
              new ServerOutlet(response));
      try (var _ = hold) {
        if (error == null) {
          door.handler().answer(visit);
        } else {
          if (last) {
            announceLeaving(response);
          }
          refuse(error, visit, comeAgain);
          if (last) {
            leave();
          }
        }
      }
    } catch (CloseConnectionException e) {
      throw e;
    } catch (UncheckedIOException | IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "a caller left", e);
      span.setStatus(StatusCode.ERROR, "caller left");
      throw new CloseConnectionException("the caller left", e);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "unexpected failure behind " + door.path(), e);
      span.setStatus(StatusCode.ERROR, e.getClass().getSimpleName());
      abort(door.dialect(), request, response, requestId);
    }
  }

  /**
   * Says 500 when nothing was said yet; a reply that has begun is cut off instead of looking
   * complete.
   */
  private static void abort(
      DoorDialect dialect, ServerRequest request, ServerResponse response, String requestId) {
    if (response.isSent()) {
      throw new CloseConnectionException("the reply broke off");
    }
    stranger(requestId, dialect, request, response)
        .send(
            new ApiError(
                500,
                "server_error",
                "internal_error",
                "The router failed; its log has the reason under this request id.",
                null,
                "router"));
  }

  private void noSuchDoor(ServerRequest request, ServerResponse response) {
    String path = request.path().path();
    if (path.equals(API_DOCUMENT) || path.startsWith(INTERNAL)) {
      response.next();
      return;
    }
    turnAway(
        new ApiError(
            404,
            ApiError.INVALID_REQUEST,
            "unknown_path",
            "There is nothing at this path; /openapi lists what there is.",
            null,
            "router"),
        dialectAt(request.path().path()),
        request,
        response);
  }

  /** What those speak who lost their way below a door. */
  private DoorDialect dialectAt(String path) {
    return doors.stream()
        .filter(door -> path.startsWith(door.path() + "/"))
        .findFirst()
        .map(Door::dialect)
        .orElse(DoorDialect.OPENAI);
  }

  private void wrongMethod(List<Door> here, ServerRequest request, ServerResponse response) {
    String methods = String.join(", ", here.stream().map(Door::method).sorted().toList());
    response.header(HeaderNames.ALLOW, methods);
    turnAway(
        new ApiError(
            405,
            ApiError.INVALID_REQUEST,
            "method_not_allowed",
            "This path answers " + methods + " only.",
            null,
            "router"),
        here.getFirst().dialect(),
        request,
        response);
  }

  /** Answers somebody who never came to a door. */
  private static void turnAway(
      ApiError error, DoorDialect dialect, ServerRequest request, ServerResponse response) {
    String requestId = requestId(request);
    Visit.identify(response, requestId, dialect);
    ApiError fault = Framing.fault(request);
    if (fault != null) {
      announceLeaving(response);
    }
    refuse(fault == null ? error : fault, stranger(requestId, dialect, request, response), null);
    if (fault != null) {
      leave();
    }
  }

  private static void refuse(ApiError error, Visit visit, @Nullable Duration comeAgain) {
    if (comeAgain != null || error.status() == 503) {
      visit.comeAgain(comeAgain == null ? Overload.COME_AGAIN : comeAgain);
    }
    if (error.status() == 429) {
      // With the same key it would fail again.
      visit.setHeader(FleetHeaders.SHOULD_RETRY, "false");
    }
    visit.send(error);
  }

  /** Or a client would send its next request over a connection that is being closed. */
  private static void announceLeaving(ServerResponse response) {
    response.header(HeaderNames.CONNECTION, "close");
  }

  /** Whatever follows on this connection may be a part of the request that was refused. */
  private static void leave() {
    throw new CloseConnectionException("the request was refused");
  }

  private static String requestId(ServerRequest request) {
    return request
        .headers()
        .first(HeaderNames.create(FleetHeaders.REQUEST_ID))
        .filter(id -> REQUEST_ID.matcher(id).matches())
        .orElseGet(() -> "req_" + UlidCreator.getMonotonicUlid());
  }

  /** What the SDKs of OpenAI and Anthropic say with each of their own retries. */
  private static boolean isRetry(ServerRequest request) {
    return request
        .headers()
        .first(RETRY_COUNT)
        .map(String::strip)
        .filter(count -> !count.equals("0") && !count.isEmpty())
        .isPresent();
  }

  private static Visit stranger(
      String requestId, DoorDialect dialect, ServerRequest request, ServerResponse response) {
    return new Visit(
        NOBODY.caller(),
        NOBODY.policy(),
        requestId,
        new byte[0],
        Span.getInvalid(),
        0,
        dialect,
        request,
        new ServerOutlet(response));
  }

  /** The keys a request shows, each once. */
  private static List<String> presentedKeys(DoorDialect dialect, ServerRequest request) {
    Stream<String> bearer =
        request.headers().first(HeaderNames.AUTHORIZATION).stream()
            .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
            .map(value -> value.substring(7).strip());
    Stream<String> other =
        dialect.keyHeader() == null
            ? Stream.of()
            : Framing.values(request, HeaderNames.create(dialect.keyHeader())).stream()
                .map(String::strip);
    return Stream.concat(bearer, other).filter(key -> !key.isEmpty()).distinct().toList();
  }

  private static @Nullable ApiError forbidden(Door door, Caller caller) {
    if (door.roles().stream().anyMatch(role -> caller.has(role.word()))) {
      return null;
    }
    return new ApiError(
        403,
        "permission_error",
        "role_required",
        "This needs a key with the role "
            + String.join(" or ", door.roles().stream().map(Role::word).sorted().toList())
            + "; this key has "
            + String.join(", ", caller.roles()).toLowerCase(Locale.ROOT)
            + ".",
        null,
        "router");
  }

  private static ApiError unreadable() {
    return ApiError.invalid(
        "invalid_body",
        "A chunk of the body does not begin with its length in hex digits; send a content-length instead.",
        null);
  }

  private static ApiError tooLarge(long admitted) {
    return new ApiError(
        413,
        ApiError.INVALID_REQUEST,
        "request_too_large",
        "The body is longer than the "
            + admitted
            + " bytes admitted here; send less text, or pass files by their address.",
        null,
        "router");
  }

  private static ApiError tooSlow() {
    return new ApiError(
        408,
        "timeout",
        "request_timeout",
        "The body came too slowly; send it again at once and whole.",
        null,
        "router");
  }
}
