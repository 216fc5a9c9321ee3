package dev.flotilla.bench.load;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A kept connection to whoever is measured, and just enough of HTTP/1.1 to speak over it: a real
 * client would cost more than most of what is measured here. One request at a time.
 */
final class Exchange implements AutoCloseable {
  private static final int LONGEST_SILENCE_MS = 60_000;

  /** Servers close what is idle for longer, and what is asked in that moment is lost. */
  private static final long FRESH_NANOS = 5_000_000_000L;

  private final Socket socket = new Socket();
  private final BufferedInputStream in;
  private final OutputStream out;
  private int status;
  private long left;
  private boolean chunked;
  private boolean last;
  private long endedNanos;

  Exchange(URI address) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(LONGEST_SILENCE_MS);
    socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), 10_000);
    in = new BufferedInputStream(socket.getInputStream(), 16_384);
    out = socket.getOutputStream();
  }

  /** Sends a request and reads the head of its answer; returns the status. */
  int ask(byte[] request) throws IOException {
    out.write(request);
    String[] statusLine = line().split(" ");
    status = Integer.parseInt(statusLine[1]);
    chunked = false;
    last = false;
    left = 0;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String name = header.toLowerCase(Locale.ROOT);
      if (name.startsWith("content-length:")) {
        left = Long.parseLong(name.substring(15).strip());
      } else if (name.startsWith("transfer-encoding:") && name.endsWith("chunked")) {
        chunked = true;
      } else if (name.startsWith("connection:") && name.endsWith("close")) {
        last = true;
      }
    }
    if (chunked) {
      nextChunk();
    }
    return status;
  }

  /** Reads the rest of the answer; returns its length. */
  long drain() throws IOException {
    long length = 0;
    while (read() >= 0) {
      length++;
    }
    return length;
  }

  /** The rest of the answer, as text. */
  String rest() throws IOException {
    var text = new StringBuilder();
    for (int next = read(); next >= 0; next = read()) {
      text.append((char) next);
    }
    return text.toString();
  }

  /** The next line of the answer, without its end; null at the end. */
  @Nullable String answerLine() throws IOException {
    var line = new StringBuilder();
    for (int next = read(); next >= 0; next = read()) {
      if (next == '\n') {
        return line.toString();
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.isEmpty() ? null : line.toString();
  }

  /** Whether another request may follow an answer that has been read. */
  boolean reusable() {
    endedNanos = System.nanoTime();
    return !last;
  }

  /** Whether it may still be used, after it has lain idle. */
  boolean fresh() {
    return System.nanoTime() - endedNanos < FRESH_NANOS;
  }

  private int read() throws IOException {
    if (left == 0) {
      return -1;
    }
    int next = in.read();
    if (next < 0) {
      throw new EOFException("the answer broke off");
    }
    left--;
    if (left == 0 && chunked) {
      line();
      nextChunk();
    }
    return next;
  }

  private void nextChunk() throws IOException {
    left = Long.parseLong(line(), 16);
    if (left == 0) {
      line();
    }
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the connection ended");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
