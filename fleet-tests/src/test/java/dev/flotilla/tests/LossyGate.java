package dev.flotilla.tests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Stands between two services: what is asked comes through, and what is answered may get lost.
 * Thread-safe.
 */
final class LossyGate implements AutoCloseable {
  private final ServerSocket door;
  private volatile int target;
  private volatile boolean losing;

  private LossyGate(ServerSocket door) {
    this.door = door;
  }

  /** On a free loopback port; hangs up on everybody until it {@link #leadsTo} somewhere. */
  static LossyGate open() {
    try {
      var gate = new LossyGate(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()));
      Thread.startVirtualThread(gate::welcome);
      return gate;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String url() {
    return "http://127.0.0.1:" + door.getLocalPort();
  }

  void leadsTo(int port) {
    target = port;
  }

  /** From now on answers get lost, or no longer. */
  void losesAnswers(boolean yes) {
    losing = yes;
  }

  @Override
  public void close() {
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
        Thread.startVirtualThread(() -> connect(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket client) {
    try (client;
        var server = new Socket(InetAddress.getLoopbackAddress(), target)) {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread.startVirtualThread(
          () -> {
            try (client;
                server) {
              copy(client, server, false);
            } catch (IOException gone) {
              // Who is left is told by the end of the connection.
            }
          });
      copy(server, client, true);
    } catch (IOException gone) {
      // The same.
    }
  }

  private void copy(Socket from, Socket to, boolean answers) throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    byte[] buffer = new byte[8_192];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      if (!answers || !losing) {
        out.write(buffer, 0, read);
      }
    }
  }
}
