package dev.flotilla.kit.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
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

  /**
   * @param maxLine bytes a line may have; a longer one is an {@link IOException}, so that a
   *     provider cannot fill our memory
   */
  public SseReader(InputStream in, int maxLine) {
    this.in = in instanceof BufferedInputStream ? in : new BufferedInputStream(in, 8192);
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

  private @Nullable String line() throws IOException {
    var bytes = new ByteArrayOutputStream(256);
    while (true) {
      int b = in.read();
      if (b < 0) {
        return null;
      }
      if (afterCr) {
        afterCr = false;
        if (b == '\n') {
          continue;
        }
      }
      if (b == '\n' || b == '\r') {
        afterCr = b == '\r';
        return text(bytes);
      }
      if (bytes.size() >= maxLine) {
        throw new IOException("a line of the event stream is longer than " + maxLine + " bytes");
      }
      bytes.write(b);
    }
  }

  private String text(ByteArrayOutputStream bytes) {
    String text = bytes.toString(StandardCharsets.UTF_8);
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
