package dev.flotilla.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.http.CallerLeftException;
import dev.flotilla.kit.http.CallerStream;
import dev.flotilla.testkit.FaultRow;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Behind a real server, because what a write does there is what this is about. */
@Timeout(60)
class CallerStreamTest {
  private static final Duration LONGEST_WRITE = Duration.ofMillis(400);
  private static final byte[] CHUNK =
      "data: something to read\n\n".repeat(40).getBytes(StandardCharsets.US_ASCII);

  /** More than all buffers on the way can hold. */
  private static final int MANY = 50_000;

  private final CompletableFuture<Boolean> gaveUp = new CompletableFuture<>();
  private final CompletableFuture<Boolean> interruptedAfterwards = new CompletableFuture<>();
  private WebServer server;

  @BeforeEach
  void start() {
    server =
        WebServer.builder()
            .host("127.0.0.1")
            .port(0)
            .routing(r -> r.get("/endless", this::endless).get("/short", CallerStreamTest::brief))
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  @FaultRow(row = 44, fault = "the caller stops reading a stream")
  void a_caller_who_does_not_read_has_left_after_a_while_and_others_notice_nothing()
      throws Exception {
    try (var stalled = ask("/endless")) {
      assertTrue(stalled.getInputStream().read() >= 0);
      try (var other = ask("/short")) {
        var lines =
            new BufferedReader(
                new InputStreamReader(other.getInputStream(), StandardCharsets.US_ASCII));
        assertTrue(lines.lines().anyMatch("data: something to read"::equals));
      }
      assertTrue(gaveUp.get(10, TimeUnit.SECONDS));
      assertFalse(interruptedAfterwards.get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  @FaultRow(row = 44, fault = "the caller reads slowly, but reads")
  void a_caller_who_reads_slowly_gets_everything() throws Exception {
    long chunks = 0;
    try (var slow = ask("/endless")) {
      InputStream in = slow.getInputStream();
      for (int i = 0; i < 8; i++) {
        chunks += in.readNBytes(CHUNK.length * 1_000).length / CHUNK.length;
        Thread.sleep(LONGEST_WRITE.dividedBy(4));
      }
      assertFalse(gaveUp.isDone());
    }
    assertEquals(8_000, chunks);
  }

  private void endless(ServerRequest request, ServerResponse response) {
    var out = new CallerStream(response, LONGEST_WRITE);
    try {
      for (int i = 0; i < MANY; i++) {
        out.write(CHUNK);
        out.flush();
      }
      gaveUp.complete(false);
    } catch (CallerLeftException e) {
      gaveUp.complete(true);
    } catch (IOException e) {
      gaveUp.completeExceptionally(e);
    }
    interruptedAfterwards.complete(Thread.currentThread().isInterrupted());
  }

  private static void brief(ServerRequest request, ServerResponse response) throws IOException {
    try (var out = new CallerStream(response, LONGEST_WRITE)) {
      out.write(CHUNK);
    }
  }

  private Socket ask(String path) throws IOException {
    var socket = new Socket("127.0.0.1", server.port());
    socket
        .getOutputStream()
        .write(
            ("GET " + path + " HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
