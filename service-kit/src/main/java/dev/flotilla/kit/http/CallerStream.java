package dev.flotilla.kit.http;

import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * A reply's body while it is written. The server reports a caller who left in several ways; here it
 * is always a {@link CallerLeftException}, so that it cannot be taken for a failure of ours. One
 * thread at a time.
 */
public final class CallerStream extends OutputStream {
  private interface Write {
    void run() throws IOException;
  }

  private final OutputStream out;

  public CallerStream(ServerResponse response) {
    this.out = response.outputStream();
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

  private static void guard(Write write) throws CallerLeftException {
    try {
      write.run();
    } catch (IOException | UncheckedIOException | CloseConnectionException e) {
      throw new CallerLeftException(e);
    }
  }
}
