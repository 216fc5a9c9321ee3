package dev.flotilla.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A door in front of a TCP server, so that a test can take the server away from one client without
 * stopping it for the others. Shut, it closes what is open and hangs up on whoever knocks; held, it
 * keeps what comes through until it is let go. Thread-safe.
 */
public final class TcpGate implements AutoCloseable {
  private final String host;
  private final int target;
  private final ServerSocket door;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Object holding = new Object();
  private volatile boolean shut;
  private volatile boolean held;

  private TcpGate(String host, int target, ServerSocket door) {
    this.host = host;
    this.target = target;
    this.door = door;
  }

  /** An open gate on a free loopback port. */
  public static TcpGate to(String host, int port) {
    try {
      var gate =
          new TcpGate(host, port, new ServerSocket(0, 200, InetAddress.getLoopbackAddress()));
      Thread.startVirtualThread(gate::welcome);
      return gate;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return door.getLocalPort();
  }

  /** Takes the server away. */
  public void shut() {
    shut = true;
    open.forEach(TcpGate::hangUp);
    open.clear();
  }

  /** Gives it back. */
  public void open() {
    shut = false;
  }

  /** The server seems to think: nothing comes through any more, and nobody is hung up on. */
  public void hold() {
    held = true;
  }

  /** What was held comes through after all. */
  public void letGo() {
    synchronized (holding) {
      held = false;
      holding.notifyAll();
    }
  }

  @Override
  public void close() {
    shut();
    letGo();
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void welcome() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        if (shut) {
          hangUp(client);
        } else {
          Thread.startVirtualThread(() -> connect(client));
        }
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket client) {
    open.add(client);
    var server = new Socket();
    try {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      server.connect(new InetSocketAddress(host, target), 2_000);
      open.add(server);
      if (shut) {
        throw new IOException("shut meanwhile");
      }
      Thread.startVirtualThread(() -> copy(client, server));
      copy(server, client);
    } catch (IOException e) {
      hangUp(client);
      hangUp(server);
    }
  }

  private void copy(Socket from, Socket to) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      byte[] buffer = new byte[8_192];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitLetGo();
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // One side left; closing both streams below tells the other.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private void awaitLetGo() throws InterruptedException {
    if (held) {
      synchronized (holding) {
        while (held) {
          holding.wait();
        }
      }
    }
  }

  private static void hangUp(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // Closed is what we wanted.
    }
  }
}
