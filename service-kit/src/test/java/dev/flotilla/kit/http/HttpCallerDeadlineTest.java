package dev.flotilla.kit.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.flotilla.kit.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class HttpCallerDeadlineTest {
  private static final int TRIES = 2_000;

  /** Whoever asks must be able to tell a caller that it was too late, and not that we failed. */
  @Test
  void a_deadline_that_passes_at_whatever_moment_is_an_answer_of_its_own() throws Exception {
    var never = new CountDownLatch(1);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 500);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var caller = new HttpCaller(Duration.ofSeconds(2))) {
      server.setExecutor(threads);
      server.createContext(
          "/",
          exchange -> {
            try {
              never.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      server.start();
      URI there = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
      try {
        for (int i = 0; i < TRIES; i++) {
          String how = ending(caller, there, Deadline.in(Duration.ofNanos(i * 1_000L)));
          assertTrue(how.equals("NotConnected") || how.equals("DeadlinePassed"), how);
        }
      } finally {
        // Before the threads are waited for.
        never.countDown();
      }
    } finally {
      server.stop(0);
    }
  }

  private static String ending(HttpCaller caller, URI there, Deadline deadline) {
    try (HttpReply reply = caller.post(there, Map.of(), JsonBody.of(Json.object()), deadline)) {
      return "status " + reply.status();
    } catch (IOException | RuntimeException e) {
      return e.getClass().getSimpleName();
    }
  }
}
