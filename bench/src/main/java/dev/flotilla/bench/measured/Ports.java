package dev.flotilla.bench.measured;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/** Of this machine's loopback. */
public final class Ports {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private Ports() {}

  /** One nobody listens on. */
  public static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Returns when somebody listens.
   *
   * @param owner who is to listen
   * @throws IOException when it ended instead, or took too long
   */
  public static void await(int port, Process owner) throws IOException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (owner.isAlive() && System.nanoTime() < until) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
        return;
      } catch (IOException notYet) {
        Thread.onSpinWait();
      }
    }
    throw new IOException("nobody listens on port " + port + ": " + owner.info().commandLine());
  }
}
