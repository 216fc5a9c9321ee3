package dev.flotilla.bench.machine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One loopback address in front of several servers: each connection goes to the next one that is
 * ready and takes it, as a Service of Kubernetes does it. Thread-safe.
 */
public final class Balancer implements AutoCloseable {
  private static final int CONNECT_MILLIS = 2_000;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
  private static final Duration LOOK_PATIENCE = Duration.ofSeconds(3);

  /** What a look found. */
  private enum Readiness {
    READY,
    NOT_READY,
    /** Nothing in time: who is gone refuses connections, so it is the machine that is busy. */
    SILENT
  }

  private final ServerSocket door;
  private final List<Integer> servers = new CopyOnWriteArrayList<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger turn = new AtomicInteger();

  private Balancer(ServerSocket door) {
    this.door = door;
  }

  /** Leads nowhere yet. */
  public static Balancer open() throws IOException {
    var balancer = new Balancer(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()));
    Thread.startVirtualThread(balancer::welcome);
    return balancer;
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + door.getLocalPort());
  }

  /** Also to this server from now on. */
  public void leadsTo(URI server) {
    servers.add(server.getPort());
  }

  /** Also to this server, while it says that it is ready. Connections there are go on. */
  public void leadsTo(URI server, URI ops) {
    Thread.startVirtualThread(() -> watch(server.getPort(), ops.resolve("/health/ready")));
  }

  /** Returns when it leads to so many. */
  public void awaitWidth(int number) throws InterruptedException {
    while (servers.size() < number) {
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  /** Connections there are go on. */
  @Override
  public void close() throws IOException {
    door.close();
    http.shutdownNow();
  }

  private void watch(Integer server, URI readiness) {
    try {
      while (!door.isClosed()) {
        switch (look(readiness)) {
          case READY -> {
            if (!servers.contains(server)) {
              servers.add(server);
            }
          }
          case NOT_READY -> servers.remove(server);
          case SILENT -> {}
        }
        Thread.sleep(BETWEEN_LOOKS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Readiness look(URI readiness) throws InterruptedException {
    var question = HttpRequest.newBuilder(readiness).timeout(LOOK_PATIENCE).build();
    try {
      return http.send(question, HttpResponse.BodyHandlers.discarding()).statusCode() == 200
          ? Readiness.READY
          : Readiness.NOT_READY;
    } catch (HttpTimeoutException busy) {
      return Readiness.SILENT;
    } catch (IOException gone) {
      return Readiness.NOT_READY;
    }
  }

  private void welcome() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        Thread.startVirtualThread(() -> connect(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket client) {
    int first = turn.getAndIncrement();
    List<Integer> now = List.copyOf(servers);
    for (int i = 0; i < now.size(); i++) {
      var server = new Socket();
      try {
        server.connect(
            new InetSocketAddress(
                InetAddress.getLoopbackAddress(), now.get(Math.floorMod(first + i, now.size()))),
            CONNECT_MILLIS);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        Thread.startVirtualThread(() -> copy(client, server));
        copy(server, client);
        return;
      } catch (IOException notThisOne) {
        hangUp(server);
      }
    }
    hangUp(client);
  }

  private static void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException gone) {
      // So the other side is told.
    } finally {
      hangUp(from);
      hangUp(to);
    }
  }

  private static void hangUp(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone already.
    }
  }
}
