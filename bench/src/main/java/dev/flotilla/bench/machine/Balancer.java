package dev.flotilla.bench.machine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One loopback address in front of several servers: each connection goes to the next one that takes
 * it, as a Service of Kubernetes does it. Thread-safe.
 */
public final class Balancer implements AutoCloseable {
  private static final int CONNECT_MILLIS = 500;

  private final ServerSocket door;
  private final List<Integer> servers = new CopyOnWriteArrayList<>();
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

  /** Connections there are go on. */
  @Override
  public void close() throws IOException {
    door.close();
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
    for (int i = 0; i < servers.size(); i++) {
      var server = new Socket();
      try {
        server.connect(
            new InetSocketAddress(
                InetAddress.getLoopbackAddress(),
                servers.get(Math.floorMod(first + i, servers.size()))),
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
