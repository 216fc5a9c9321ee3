package dev.flotilla.router.door;

import io.helidon.common.HelidonServiceLoader;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ProtocolConfigs;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import io.helidon.webserver.spi.ServerConnectionSelectorProvider;
import java.time.Duration;
import java.util.Set;

/**
 * Puts a {@link Guest} between the server and each of its HTTP/1.1 connections: the server itself
 * waits for a byte for ever, and has its own words for what it refuses. See {@link #instead}.
 */
public final class PatientConnections implements ServerConnectionSelectorProvider<Http1Config> {
  private static final Duration FOR_EVER = Duration.ofDays(1);

  /**
   * Takes the place of the server's own HTTP/1.1, before it starts. Beside it, the server would
   * wait for a first byte to choose between both, and nobody would know of those who never send
   * one.
   */
  public static void instead() {
    System.setProperty(
        HelidonServiceLoader.SYSTEM_PROPERTY_EXCLUDE,
        "io.helidon.webserver.http1.Http1ConnectionProvider");
  }

  @Override
  public Class<Http1Config> protocolConfigType() {
    return Http1Config.class;
  }

  @Override
  public String protocolType() {
    return "http_1_1";
  }

  @Override
  public ServerConnectionSelector create(
      String listener, Http1Config config, ProtocolConfigs configs) {
    ServerConnectionSelector http1 = Http1ConnectionSelector.builder().config(config).build();
    // Only behind the doors of the main listener somebody says when a head is read.
    return listener.equals(WebServer.DEFAULT_SOCKET_NAME) ? new Selector(http1, refusals()) : http1;
  }

  private static DirectHandlers refusals() {
    var refusals = DirectHandlers.builder();
    for (EventType type : EventType.values()) {
      refusals.addHandler(type, new ServerRefusals());
    }
    return refusals.build();
  }

  private record Selector(ServerConnectionSelector http1, DirectHandlers refusals)
      implements ServerConnectionSelector {
    @Override
    public int bytesToIdentifyConnection() {
      return http1.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
      return http1.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
      return http1.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext connection) {
      var guest = new Guest(connection, refusals);
      return new Watched(guest, http1.connection(guest));
    }
  }

  private record Watched(Guest guest, ServerConnection http1) implements ServerConnection {
    @Override
    public void handle(Limit limit) throws InterruptedException {
      ScopedValue.where(Guest.CURRENT, guest)
          .call(
              () -> {
                http1.handle(limit);
                return limit;
              });
    }

    /** Asked regularly by the server, which closes those idle for too long. */
    @Override
    public Duration idleTime() {
      return guest.overdue() ? FOR_EVER : Duration.ZERO;
    }

    @Override
    public void close(boolean interrupt) {
      http1.close(interrupt);
      guest.showOut();
    }
  }
}
