package dev.flotilla.provider.transport;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.http.DeadlinePassed;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.http.HttpReply;
import dev.flotilla.kit.http.JsonBody;
import dev.flotilla.kit.http.NotConnected;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpHeaders;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.core5.http.Header;

/**
 * One HTTP client for all providers. A request is sent once, which a test holds it to. Redirects
 * are never followed. Thread-safe.
 */
public final class Transport implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Transport.class.getName());

  private final TransportConfig config;
  private final HttpCaller http;

  public Transport(TransportConfig config) {
    this.config = config;
    http = new HttpCaller(config.connectTimeout());
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
    var sent = new HashMap<>(headers);
    sent.put("accept", stream ? "text/event-stream" : "application/json");
    try {
      HttpReply reply = http.post(address, sent, JsonBody.of(body), deadline);
      HttpHeaders said = headers(reply);
      Heard.note(said);
      if (stream && reply.status() == 200 && isEventStream(reply)) {
        reply.outliveDeadline();
        return new Sent.Opened(reply.status(), said, reply.body());
      }
      try (reply) {
        return new Sent.Received(reply.status(), said, reply.readAll(config.maxAnswerBytes()));
      }
    } catch (NotConnected e) {
      return notSent(e);
    } catch (DeadlinePassed e) {
      return new Sent.TimedOut();
    } catch (IOException e) {
      LOG.log(Level.FINE, "A provider's connection broke", e);
      return new Sent.Broken();
    }
  }

  @Override
  public void close() {
    http.close();
  }

  private static boolean isEventStream(HttpReply reply) {
    String type = reply.header("content-type");
    return type != null && type.startsWith("text/event-stream");
  }

  private static HttpHeaders headers(HttpReply reply) {
    var headers = new HashMap<String, List<String>>();
    for (Header header : reply.headers()) {
      headers
          .computeIfAbsent(header.getName().toLowerCase(Locale.ROOT), name -> new ArrayList<>(1))
          .add(header.getValue());
    }
    return HttpHeaders.of(headers, (name, value) -> true);
  }

  /** Nothing has left; what is told is why, without addresses. */
  private static Sent notSent(NotConnected failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      switch (t) {
        case CertificateException e -> {
          return new Sent.Distrusted();
        }
        case SSLPeerUnverifiedException e -> {
          return new Sent.Distrusted();
        }
        case UnknownHostException e -> {
          return new Sent.NotSent("name not found");
        }
        case SocketTimeoutException e -> {
          return new Sent.NotSent("connect timeout");
        }
        case DeadlinePassed e -> {
          return new Sent.NotSent("connect timeout");
        }
        case SSLException e when !isDistrust(e) -> {
          return new Sent.NotSent("TLS handshake failed");
        }
        default -> {}
      }
    }
    return new Sent.NotSent("connection refused");
  }

  /** A certificate that does not hold; any other handshake may succeed the next time. */
  private static boolean isDistrust(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof CertificateException || t instanceof SSLPeerUnverifiedException) {
        return true;
      }
    }
    return false;
  }
}
