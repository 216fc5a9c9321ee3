package dev.flotilla.tests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** HTTP byte for byte: what no client library would send, and what really comes back. */
final class Wire {
  private static final int PATIENCE_MILLIS = 20_000;

  private Wire() {}

  /**
   * What came back.
   *
   * @param headers names in lower case; of a repeated one the last
   * @param closed whether the other side closed the connection afterwards, looked at for a second
   * @param millis from the first byte sent to the last received
   */
  record Answer(
      int status, Map<String, String> headers, String body, boolean closed, double millis) {}

  /** Sends a request on a connection of its own and reads one answer. */
  static Answer send(URI to, byte[] request, boolean watchForClose) {
    try (var socket = new Socket(to.getHost(), to.getPort())) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
      var in = new BufferedInputStream(socket.getInputStream());
      long start = System.nanoTime();
      // Beside the reading, because a refusal may come before a long body is through.
      Thread.ofVirtual().start(() -> write(socket, request));
      int status = Integer.parseInt(line(in).split(" ")[1]);
      var headers = new TreeMap<String, String>();
      for (String line; !(line = line(in)).isEmpty(); ) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
      double millis = (System.nanoTime() - start) / 1e6;
      boolean closed = watchForClose && closes(socket, in);
      return new Answer(status, headers, new String(body, UTF_8), closed, millis);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Socket socket, byte[] request) {
    try {
      socket.getOutputStream().write(request);
      socket.getOutputStream().flush();
    } catch (IOException refused) {
      // The answer says why it was not wanted.
    }
  }

  private static boolean closes(Socket socket, InputStream in) throws IOException {
    socket.setSoTimeout(1_000);
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException open) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b; (b = in.read()) != '\n'; ) {
      if (b < 0) {
        throw new IOException("closed within the head: " + line.toString(ISO_8859_1));
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(ISO_8859_1);
  }
}
