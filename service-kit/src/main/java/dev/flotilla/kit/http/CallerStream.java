package dev.flotilla.kit.http;

import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;

/**
 * A reply's body while it is written. The server reports a caller who left in several ways; here it
 * is always a {@link CallerLeftException}, so that it cannot be taken for a failure of ours. One
 * who is there but does not read has left, too, after a while. One thread at a time, and a virtual
 * one: a write of another cannot be ended.
 */
public final class CallerStream extends OutputStream {
  /** Longer than any network stalls that recovers; nobody reads a chunk for so long. */
  private static final Duration LONGEST_WRITE = Duration.ofSeconds(30);

  private interface Write {
    void run() throws IOException;
  }

  private final OutputStream out;
  private final Duration longestWrite;

  public CallerStream(ServerResponse response) {
    this(response, LONGEST_WRITE);
  }

  /**
   * @param longestWrite what is not taken by then is taken by nobody; the connection is closed
   */
  public CallerStream(ServerResponse response, Duration longestWrite) {
    this.out = response.outputStream();
    this.longestWrite = longestWrite;
  }

  @Override
  public void write(int b) throws IOException {
    guard(() -> out.write(b));
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    guard(() -> out.write(bytes, from, length));
  }

  @Override
  public void flush() throws IOException {
    guard(out::flush);
  }

  @Override
  public void close() throws IOException {
    guard(out::close);
  }

  private void guard(Write write) throws CallerLeftException {
    try (var _ = PatientWrite.begin(longestWrite)) {
      write.run();
    } catch (IOException | UncheckedIOException | CloseConnectionException e) {
      throw new CallerLeftException(e);
    }
  }
}
