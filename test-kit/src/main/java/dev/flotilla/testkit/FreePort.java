package dev.flotilla.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port of loopback for a process that is about to start. It binds the port seconds later: what
 * the system hands out by itself (32768 and above) may be somebody's by then, and below that fleets
 * have theirs (10000 and above).
 */
public final class FreePort {
  private static final int FIRST = 2_048;
  private static final int LAST = 7_999;
  private static final int TRIES = 1_000;

  private FreePort() {}

  /** One that nobody listens on. */
  public static int next() {
    for (int i = 0; i < TRIES; i++) {
      int candidate = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
      try (var socket = new ServerSocket()) {
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), candidate));
        return candidate;
      } catch (IOException taken) {
        // Another one, then.
      }
    }
    throw new IllegalStateException("no port from " + FIRST + " to " + LAST + " is free");
  }
}
