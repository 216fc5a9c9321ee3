package dev.flotilla.kit.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events (WHATWG HTML, §9.2): LF, CR and CRLF end a line, comments are events of
 * their own here, a byte order mark is passed over. One thread at a time.
 */
public final class SseReader implements AutoCloseable {
  private final InputStream in;
  private final int maxLine;
  private boolean first = true;
  private boolean afterCr;
  private byte[] buffer = new byte[4096];
  private int at;
  private int filled;

  /**
   * @param maxLine bytes a line may have; a longer one is an {@link IOException}, so that a
   *     provider cannot fill our memory
   */
  public SseReader(InputStream in, int maxLine) {
    this.in = in;
    this.maxLine = maxLine;
  }

  /**
   * The next event or comment; null at the end of the stream. An event cut off by the end is not
   * returned.
   */
  public @Nullable SseEvent next() throws IOException {
    String name = "";
    StringBuilder data = null;
    for (String line; (line = line()) != null; ) {
      if (line.isEmpty()) {
        if (data != null) {
          return new SseEvent(name, data.toString(), null);
        }
        name = "";
      } else if (line.charAt(0) == ':') {
        if (data == null) {
          return new SseEvent("", "", line);
        }
      } else {
        int colon = line.indexOf(':');
        String field = colon < 0 ? line : line.substring(0, colon);
        int start = colon < 0 ? line.length() : colon + 1;
        String value =
            line.substring(start < line.length() && line.charAt(start) == ' ' ? start + 1 : start);
        if (field.equals("data")) {
          if (data == null) {
            data = new StringBuilder(value);
          } else {
            data.append('\n').append(value);
          }
        } else if (field.equals("event")) {
          name = value;
        }
      }
    }
    return null;
  }

  /** The next line without its end; null when the stream ends, even in the middle of one. */
  private @Nullable String line() throws IOException {
    int from = at;
    int scanned = at;
    while (true) {
      for (; scanned < filled; scanned++) {
        byte b = buffer[scanned];
        if (b == '\n' || b == '\r') {
          at = scanned + 1;
          if (afterCr && b == '\n' && scanned == from) {
            // the second half of the CRLF that ended the line before
            afterCr = false;
            from = at;
            continue;
          }
          afterCr = b == '\r';
          return text(from, scanned);
        }
      }
      if (scanned - from >= maxLine) {
        throw new IOException("a line of the event stream is longer than " + maxLine + " bytes");
      }
      int moved = makeRoom(from);
      from -= moved;
      scanned -= moved;
      int read = in.read(buffer, filled, buffer.length - filled);
      if (read < 0) {
        at = filled;
        return null;
      }
      filled += read;
    }
  }

  /** Moves the line that begins there to the front, and how far; grows when it fills the buffer. */
  private int makeRoom(int from) {
    if (filled < buffer.length) {
      return 0;
    }
    byte[] roomy = from > 0 ? buffer : new byte[buffer.length * 2];
    System.arraycopy(buffer, from, roomy, 0, filled - from);
    buffer = roomy;
    filled -= from;
    return from;
  }

  private String text(int from, int to) throws IOException {
    if (to - from > maxLine) {
      throw new IOException("a line of the event stream is longer than " + maxLine + " bytes");
    }
    String text = new String(buffer, from, to - from, StandardCharsets.UTF_8);
    if (first) {
      first = false;
      if (text.startsWith("\uFEFF")) {
        return text.substring(1);
      }
    }
    return text;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
