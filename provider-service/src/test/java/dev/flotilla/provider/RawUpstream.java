package dev.flotilla.provider;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An upstream byte for byte: what no server would send. Thread-safe. */
final class RawUpstream implements AutoCloseable {
  private final ServerSocket door;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Behaviour behaviour = Socket::close;
  private volatile String lastHead = "";

  /** Answers one request, which has been read; the connection stays unless it closes it. */
  interface Behaviour {
    void answer(Socket connection) throws IOException, InterruptedException;
  }

  RawUpstream() {
    this("127.0.0.1", 0);
  }

  RawUpstream(String address, int port) {
    try {
      door = new ServerSocket(port, 50, InetAddress.ofLiteral(address));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.startVirtualThread(this::welcome);
  }

  int port() {
    return door.getLocalPort();
  }

  String baseUrl() {
    return "http://127.0.0.1:" + port() + "/v1";
  }

  void does(Behaviour next) {
    behaviour = next;
  }

  int requests() {
    return requests.get();
  }

  /** Request line and headers of the newest request, in lower case. */
  String lastHead() {
    return lastHead;
  }

  /** A whole answer with the right length. */
  static Behaviour says(int status, String headers, String body) {
    byte[] bytes = body.getBytes(UTF_8);
    return to ->
        send(to, head(status, headers + "content-length: " + bytes.length + "\r\n") + body);
  }

  static Behaviour json(int status, String body) {
    return says(status, "content-type: application/json\r\n", body);
  }

  /** A stream of these bytes that ends with the connection, in order. */
  static Behaviour events(String body) {
    return to -> {
      send(to, eventsHead() + body);
      to.close();
    };
  }

  static String eventsHead() {
    return head(200, "content-type: text/event-stream\r\nconnection: close\r\n");
  }

  static String head(int status, String headers) {
    return "HTTP/1.1 " + status + " X\r\n" + headers + "\r\n";
  }

  static void send(Socket to, String text) throws IOException {
    to.getOutputStream().write(text.getBytes(UTF_8));
  }

  /** Ends a connection with a reset instead of an orderly end. */
  static void reset(Socket connection) throws IOException {
    connection.setSoLinger(true, 0);
    connection.close();
  }

  @Override
  public void close() {
    try {
      door.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void welcome() {
    while (!door.isClosed()) {
      try {
        Socket socket = door.accept();
        socket.setTcpNoDelay(true);
        open.add(socket);
        Thread.startVirtualThread(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      var in = new BufferedInputStream(socket.getInputStream());
      while (!socket.isClosed() && read(in)) {
        requests.incrementAndGet();
        behaviour.answer(socket);
      }
    } catch (IOException | InterruptedException ended) {
      // The other side has what it is to have.
    } finally {
      open.remove(socket);
    }
  }

  /** Reads one request; false at the end of the connection. */
  private boolean read(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        return false;
      }
      head.append((char) b);
    }
    lastHead = head.toString().toLowerCase(Locale.ROOT);
    int at = lastHead.indexOf("content-length: ") + "content-length: ".length();
    int length = Integer.parseInt(lastHead.substring(at, lastHead.indexOf('\r', at)));
    return new String(in.readNBytes(length), ISO_8859_1).length() == length;
  }
}
