package dev.flotilla.kit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.http.DeadlinePassed;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.http.JsonBody;
import dev.flotilla.kit.http.NotConnected;
import dev.flotilla.kit.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpCallerTest {
  private static final String ANSWER = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

  private final HttpCaller caller = new HttpCaller(Duration.ofSeconds(2));

  @AfterEach
  void close() {
    caller.close();
  }

  @Test
  void a_connection_is_used_again_but_not_when_the_other_side_has_closed_it() throws Exception {
    try (var server = new Server(ANSWER)) {
      post(server.listening);
      post(server.listening);
      assertEquals(1, server.accepted.size());
      server.accepted.getFirst().close();
      assertEquals(2, post(server.listening).length);
      assertEquals(2, server.accepted.size());
    }
  }

  @Test
  void when_nobody_listens_any_more_nothing_was_sent() throws Exception {
    try (var server = new Server(ANSWER)) {
      post(server.listening);
      server.goAway();
      assertThrows(NotConnected.class, () -> post(server.listening));
    }
  }

  @Test
  void what_comes_after_an_answer_belongs_to_no_request() throws Exception {
    try (var server = new Server(ANSWER + ANSWER.replace("{}", "no"))) {
      assertEquals("{}", new String(post(server.listening), US_ASCII));
      assertEquals("{}", new String(post(server.listening), US_ASCII));
      assertEquals(2, server.accepted.size());
    }
  }

  @Test
  void a_deadline_ends_the_wait_for_a_head_and_for_the_rest_of_a_body() throws Exception {
    for (String begun : new String[] {"", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{"}) {
      try (var server = new Server(begun)) {
        assertThrows(
            DeadlinePassed.class,
            () -> post(server.listening, Deadline.in(Duration.ofMillis(300))));
      }
    }
  }

  private byte[] post(ServerSocket server) throws IOException {
    return post(server, Deadline.in(Duration.ofSeconds(20)));
  }

  private byte[] post(ServerSocket server, Deadline deadline) throws IOException {
    var to = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
    try (var reply = caller.post(to, Map.of(), JsonBody.of(Json.object()), deadline)) {
      return reply.readAll(100);
    }
  }

  /** Gives every request the same bytes. */
  private static final class Server implements AutoCloseable {
    final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    final List<Socket> accepted = new CopyOnWriteArrayList<>();
    private final byte[] answer;
    private final Thread accepting;

    Server(String answer) throws IOException {
      this.answer = answer.getBytes(US_ASCII);
      accepting = Thread.startVirtualThread(this::accept);
    }

    private void accept() {
      try {
        while (true) {
          Socket socket = listening.accept();
          accepted.add(socket);
          Thread.startVirtualThread(() -> answer(socket));
        }
      } catch (IOException closed) {
        return;
      }
    }

    private void answer(Socket socket) {
      try {
        InputStream in = socket.getInputStream();
        var seen = new StringBuilder();
        for (int read; (read = in.read()) >= 0; ) {
          seen.append((char) read);
          if (seen.indexOf("\r\n\r\n{}") >= 0) {
            seen.setLength(0);
            socket.getOutputStream().write(answer);
          }
        }
      } catch (IOException closed) {
        return;
      }
    }

    @Override
    public void close() throws IOException {
      goAway();
    }

    void goAway() throws IOException {
      listening.close();
      try {
        // Until it has noticed, the system still takes connections in.
        accepting.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      for (Socket socket : accepted) {
        socket.close();
      }
    }
  }
}
