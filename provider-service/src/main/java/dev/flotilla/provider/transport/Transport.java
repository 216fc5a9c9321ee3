package dev.flotilla.provider.transport;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.http.JsonBody;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLHandshakeException;

/**
 * One HTTP client for all providers. A request is sent once: the JDK's client does not repeat a
 * POST on its own, which a test holds it to. Redirects are never followed. Thread-safe.
 */
public final class Transport implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Transport.class.getName());

  private final TransportConfig config;
  private final HttpClient client;

  public Transport(TransportConfig config) {
    this.config = config;
    client =
        HttpClient.newBuilder()
            .connectTimeout(config.connectTimeout())
            .followRedirects(HttpClient.Redirect.NEVER)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /**
   * @param privateHosts names of providers that may stand for addresses of our own network
   */
  public Transport(TransportConfig config, Set<String> privateHosts) {
    this(config);
    ProviderNames.mayBePrivate(privateHosts);
  }

  /**
   * Posts a JSON body and waits until the deadline for the answer.
   *
   * @param stream whether a successful answer is wanted as events while it comes
   */
  public Sent post(
      URI address, Map<String, String> headers, JsonNode body, boolean stream, Deadline deadline) {
    ProviderNames.guard(address.getHost());
    var request =
        HttpRequest.newBuilder(address)
            // Plain-text HTTP/2 costs an upgrade round trip that model servers rarely speak.
            .version(
                "http".equals(address.getScheme())
                    ? HttpClient.Version.HTTP_1_1
                    : HttpClient.Version.HTTP_2)
            .header("content-type", "application/json")
            .header("accept", stream ? "text/event-stream" : "application/json")
            .POST(JsonBody.of(body));
    headers.forEach(request::header);
    CompletableFuture<HttpResponse<Body>> answer =
        client.sendAsync(request.build(), info -> subscriber(info, stream));
    try {
      HttpResponse<Body> response =
          answer.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
      Heard.note(response.headers());
      return switch (response.body()) {
        case Body.Whole(byte[] bytes) ->
            new Sent.Received(response.statusCode(), response.headers(), bytes);
        case Body.Events(InputStream events) ->
            new Sent.Opened(response.statusCode(), response.headers(), events);
      };
    } catch (TimeoutException e) {
      answer.cancel(true);
      closeWhenItComes(answer);
      return new Sent.TimedOut();
    } catch (InterruptedException e) {
      answer.cancel(true);
      closeWhenItComes(answer);
      Thread.currentThread().interrupt();
      return new Sent.Broken();
    } catch (ExecutionException e) {
      return failed(e.getCause() == null ? e : e.getCause());
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  private sealed interface Body {
    record Whole(byte[] bytes) implements Body {}

    record Events(InputStream events) implements Body {}
  }

  private HttpResponse.BodySubscriber<Body> subscriber(
      HttpResponse.ResponseInfo info, boolean stream) {
    boolean events =
        stream
            && info.statusCode() == 200
            && info.headers()
                .firstValue("content-type")
                .map(type -> type.startsWith("text/event-stream"))
                .orElse(false);
    if (events) {
      return BodySubscribers.mapping(BodySubscribers.ofInputStream(), Body.Events::new);
    }
    return BodySubscribers.mapping(
        BodySubscribers.limiting(BodySubscribers.ofByteArray(), config.maxAnswerBytes()),
        Body.Whole::new);
  }

  private static Sent failed(Throwable cause) {
    for (Throwable t = cause; t != null; t = t.getCause()) {
      switch (t) {
        case HttpConnectTimeoutException e -> {
          return new Sent.NotSent("connect timeout");
        }
        case ConnectException e -> {
          // An unknown name is told as a connect failure, with the reason below it.
          return new Sent.NotSent(isUnresolved(e) ? "name not found" : "connection refused");
        }
        case CertificateException e -> {
          return new Sent.Distrusted();
        }
        case SSLHandshakeException e when !isDistrust(e) -> {
          return new Sent.NotSent("TLS handshake failed");
        }
        case HttpTimeoutException e -> {
          return new Sent.TimedOut();
        }
        default -> {}
      }
    }
    LOG.log(Level.FINE, "A provider's connection broke", cause);
    return new Sent.Broken();
  }

  /** A certificate that does not hold; any other handshake may succeed the next time. */
  private static boolean isDistrust(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof CertificateException) {
        return true;
      }
    }
    return false;
  }

  private static boolean isUnresolved(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }

  private static void closeWhenItComes(CompletableFuture<HttpResponse<Body>> late) {
    var _ =
        late.thenAccept(
            response -> {
              if (response.body() instanceof Body.Events(InputStream events)) {
                try {
                  events.close();
                } catch (IOException e) {
                  LOG.log(Level.FINE, "a stream nobody waits for did not close", e);
                }
              }
            });
  }
}
