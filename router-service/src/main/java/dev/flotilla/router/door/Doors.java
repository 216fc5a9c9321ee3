package dev.flotilla.router.door;

import com.github.f4b6a3.ulid.UlidCreator;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.InFlight;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.log.Correlation;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.door.ApiKeys.KnownKey;
import io.helidon.common.buffers.DataReader;
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
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

  /**
   * How many times the admitted length is still read, so that a caller hears why it is too much.
   */
  private static final long WORTH_READING_ON = 4;

  /** Served by the part of the server that is MicroProfile's, which stands behind the doors. */
  private static final String API_DOCUMENT = "/openapi";

  private static final KnownKey NOBODY =
      new KnownKey(new Caller("", "", null, Set.of(), List.of()), KeyPolicy.NONE);

  private static final ApiError LEAVING =
      new ApiError(
          503,
          "server_error",
          "shutting_down",
          "This router is leaving; send the request again, another one will take it.",
          null,
          "router");

  private final List<Door> doors;
  private final ApiKeys keys;
  private final InFlight inside;
  private final Tracing tracing;

  /**
   * @param inside counts who is inside; once it is closed, nobody is let in any more
   */
  public Doors(List<Door> doors, ApiKeys keys, InFlight inside, Tracing tracing) {
    this.doors = List.copyOf(doors);
    this.keys = keys;
    this.inside = inside;
    this.tracing = tracing;
  }

  /** The registry, for documentation and the access matrix. */
  public List<Door> all() {
    return doors;
  }

  /** Opens all doors on a server. */
  public void open(HttpRules rules) {
    for (Door door : doors) {
      rules.route(
          Method.create(door.method()),
          door.path(),
          (request, response) -> enter(door, request, response));
    }
    Map<String, List<Door>> byPath = doors.stream().collect(Collectors.groupingBy(Door::path));
    byPath.forEach(
        (path, here) ->
            rules.any(path, (request, response) -> wrongMethod(here, request, response)));
    rules.any("/*", this::noSuchDoor);
  }

  private void enter(Door door, ServerRequest request, ServerResponse response) {
    if (!inside.enter()) {
      response.header(HeaderNames.RETRY_AFTER, "1");
      turnAway(LEAVING, door.dialect(), request, response);
      return;
    }
    try {
      inside(door, request, response);
    } finally {
      inside.leave();
    }
  }

  private void inside(Door door, ServerRequest request, ServerResponse response) {
    long start = System.nanoTime();
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
    List<String> presented = presentedKeys(door.dialect(), request);
    Optional<KnownKey> key =
        presented.size() == 1 ? keys.whoHas(presented.getFirst()) : Optional.empty();
    KnownKey who = key.orElse(NOBODY);
    try {
      ApiError error = Framing.fault(request);
      if (error == null && presented.size() > 1) {
        error = Framing.severalKeys();
      }
      boolean last = error != null;
      if (error == null) {
        error = key.isEmpty() ? unknownKey(response) : forbidden(door, who.caller());
      }
      byte[] body = new byte[0];
      if (error == null) {
        switch (brought(door, request)) {
          case Brought.Body(var bytes) -> body = bytes;
          case Brought.TooLarge(boolean endless) -> {
            error = tooLarge(door);
            last = endless;
          }
          case Brought.Unreadable() -> {
            error = unreadable();
            last = true;
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
              response);
      if (error != null) {
        visit.send(error);
        if (last) {
          leave();
        }
      } else {
        door.handler().answer(visit);
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
    if (request.path().path().equals(API_DOCUMENT)) {
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
    stranger(requestId, dialect, request, response).send(fault == null ? error : fault);
    if (fault != null) {
      leave();
    }
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
        response);
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

  /** What a visitor has with him. */
  private sealed interface Brought {
    record Body(byte[] bytes) implements Brought {}

    /**
     * @param endless whether it is so long that reading on, only to keep the connection, is worse
     *     than losing it
     */
    record TooLarge(boolean endless) implements Brought {}

    /** Its pieces do not say where they end. */
    record Unreadable() implements Brought {}
  }

  private static Brought brought(Door door, ServerRequest request) throws IOException {
    if (door.maxBytes() == 0 || !request.content().hasEntity()) {
      return new Brought.Body(new byte[0]);
    }
    long announced = request.headers().contentLength().orElse(0);
    if (announced > door.maxBytes()) {
      return new Brought.TooLarge(announced > WORTH_READING_ON * door.maxBytes());
    }
    // Not closed: closing reads on to the end of the body, and a body that is refused may have
    // none.
    InputStream in = request.content().inputStream();
    try {
      byte[] bytes = in.readNBytes(door.maxBytes() + 1);
      if (bytes.length <= door.maxBytes()) {
        return new Brought.Body(bytes);
      }
      long worthIt = WORTH_READING_ON * door.maxBytes();
      return new Brought.TooLarge(in.skip(worthIt) == worthIt);
    } catch (DataReader.InsufficientDataAvailableException e) {
      throw new IOException("the caller left within the body", e);
    } catch (NumberFormatException e) {
      return new Brought.Unreadable();
    }
  }

  private static ApiError unknownKey(ServerResponse response) {
    response.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
    return new ApiError(
        401,
        "authentication_error",
        "invalid_api_key",
        "This key is not known here or has expired; send a valid one as 'Authorization: Bearer <key>'.",
        null,
        "router");
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

  private static ApiError tooLarge(Door door) {
    return new ApiError(
        413,
        ApiError.INVALID_REQUEST,
        "request_too_large",
        "The body is longer than the "
            + door.maxBytes()
            + " bytes admitted here; send less text, or pass files by their address.",
        null,
        "router");
  }
}
