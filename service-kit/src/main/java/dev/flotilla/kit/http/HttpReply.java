package dev.flotilla.kit.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * The head of an answer, and its body while it comes. Whoever has it reads the body to its end or
 * closes it. Closing may be done by another thread; a read that waits ends with an {@link
 * IOException} then.
 */
public final class HttpReply implements AutoCloseable {
  private final ClassicHttpResponse response;
  private final DeadlineWatch watch;
  private final InputStream body;

  HttpReply(ClassicHttpResponse response, DeadlineWatch watch) throws IOException {
    this.response = response;
    this.watch = watch;
    HttpEntity entity = response.getEntity();
    body = new Body(entity == null ? InputStream.nullInputStream() : entity.getContent());
  }

  public int status() {
    return response.getCode();
  }

  /** The first header of that name, whatever its case; null when there is none. */
  public @Nullable String header(String name) {
    Header header = response.getFirstHeader(name);
    return header == null ? null : header.getValue();
  }

  /** All headers in the order they came. */
  public Header[] headers() {
    return response.getHeaders();
  }

  /** From here on the body may take longer than the deadline that its head had. */
  public void outliveDeadline() {
    watch.end();
  }

  /** The body; its reads end with {@link DeadlinePassed} when the call's deadline passes. */
  public InputStream body() {
    return body;
  }

  /**
   * The rest of the body.
   *
   * @throws IOException also when it is longer than that
   */
  public byte[] readAll(int atMost) throws IOException {
    byte[] bytes = body.readNBytes(atMost);
    if (bytes.length == atMost && body.read() >= 0) {
      throw new IOException("an answer longer than " + atMost + " bytes");
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    body.close();
  }

  /** Gives the connection back at the end of the body; before, closing it ends the connection. */
  private final class Body extends FilterInputStream {
    private volatile boolean ended;

    Body(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      try {
        return seen(in.read());
      } catch (IOException e) {
        throw watch.explained(e);
      }
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      try {
        return seen(in.read(bytes, from, count));
      } catch (IOException e) {
        throw watch.explained(e);
      }
    }

    private int seen(int read) {
      if (read < 0) {
        ended = true;
        watch.end();
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      watch.end();
      if (ended) {
        in.close();
      } else {
        // Closing the stream would read what is still to come.
        watch.cancelCall();
      }
    }
  }
}
