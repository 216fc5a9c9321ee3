package dev.flotilla.router.upstream;

import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Visit;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

/**
 * Passes a visitor's request on to another service of the fleet with the caller's identity, and the
 * answer back as it came.
 */
public final class Relay implements DoorHandler {
  private static final System.Logger LOG = System.getLogger(Relay.class.getName());

  /** Of what a service says about its answer, what a visitor can use. */
  private static final List<String> PASSED_ON =
      List.of("retry-after", "x-focus-version", "content-disposition");

  private static final String PREFER = "prefer";

  /** Bytes up to which an answer is passed on in one piece. */
  private static final long SMALL = 256 * 1_024;

  private static final int PIECE = 16 * 1_024;

  private final HttpClient http;
  private final URI service;
  private final ServiceToken token;
  private final Duration patience;
  private final ApiError unavailable;

  /**
   * @param service where the other service listens
   * @param patience how long it may take until its answer begins
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
    HttpResponse<InputStream> answer;
    byte[] whole = null;
    try {
      answer = http.send(request(visit), HttpResponse.BodyHandlers.ofInputStream());
      if (answer.headers().firstValueAsLong("content-length").orElse(Long.MAX_VALUE) <= SMALL) {
        try (InputStream body = answer.body()) {
          whole = body.readAllBytes();
        }
      }
    } catch (IOException e) {
      LOG.log(Level.INFO, "{0} does not answer: {1}", service, e.toString());
      visit.setHeader("retry-after", "5");
      visit.send(unavailable);
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    PASSED_ON.forEach(
        name -> answer.headers().firstValue(name).ifPresent(value -> visit.setHeader(name, value)));
    // Without the host: where a service listens is nothing a visitor could use, or should know.
    answer
        .headers()
        .firstValue("location")
        .ifPresent(where -> visit.setHeader("location", URI.create(where).getRawPath()));
    String type = answer.headers().firstValue("content-type").orElse("application/json");
    if (whole != null) {
      visit.send(answer.statusCode(), type, whole);
    } else {
      pass(answer, type, visit);
    }
  }

  /** Piece by piece: what is long may be longer than our memory. */
  private static void pass(HttpResponse<InputStream> answer, String type, Visit visit) {
    // A caller who leaves closes it too, so that the service stops working for nobody.
    try (InputStream body = answer.body()) {
      OutputStream out = visit.beginBody(answer.statusCode(), type);
      var piece = new byte[PIECE];
      for (int read = read(body, piece); read >= 0; read = read(body, piece)) {
        out.write(piece, 0, read);
        // What is there may be all for a while.
        if (body.available() == 0) {
          out.flush();
        }
      }
      // Not closed when it broke: what is not whole must not look so.
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int read(InputStream body, byte[] piece) {
    try {
      return body.read(piece);
    } catch (IOException e) {
      throw new IllegalStateException("the service's answer broke off", e);
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
    // Whether the visitor waits for what takes long.
    visit.header(PREFER).ifPresent(how -> builder.header(PREFER, how));
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
