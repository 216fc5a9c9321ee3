package dev.flotilla.router.idempotency;

import dev.flotilla.kit.http.CallerLeftException;
import dev.flotilla.router.door.Outlet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Passes a reply on and remembers it. A reply's last byte is passed on when it has been looked at:
 * whoever has it may send the same request at once. The rest of a stream whose caller has left is
 * still written here: whoever left will come again with the same key. One thread at a time.
 */
final class Recording implements Outlet {
  private final Outlet to;
  private final int longest;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private String contentType = "";
  private int status;
  private boolean tooLong;
  private boolean broken;
  private @Nullable CallerLeftException left;
  private @Nullable OutputStream events;
  private final Consumer<Recording> whole;

  /**
   * @param longest bytes of a body that are remembered
   * @param whole told of a reply in one piece, before it is passed on
   */
  Recording(Outlet to, int longest, Consumer<Recording> whole) {
    this.to = to;
    this.longest = longest;
    this.whole = whole;
  }

  /** The whole reply; empty when there was none, or not the whole of it. */
  Optional<StoredReply> reply(String requestId) {
    return status == 0 || broken
        ? Optional.empty()
        : Optional.of(new StoredReply(requestId, status, headers, contentType, body.toByteArray()));
  }

  /** Whether the reply was too long to be remembered; what was remembered of it is nothing then. */
  boolean tooLong() {
    return tooLong;
  }

  boolean replied() {
    return status != 0;
  }

  /** Whether it is a stream, which may have been cut anywhere. */
  boolean streams() {
    return status != 0 && contentType.isEmpty();
  }

  /** Ends a stream; says that its caller has left, now that it was written to its end. */
  void finish() throws IOException {
    if (left != null) {
      throw left;
    }
    if (events != null) {
      events.close();
    }
  }

  @Override
  public void header(String name, String value) {
    if (!momentary(name)) {
      headers.put(name, value);
    }
    to.header(name, value);
  }

  @Override
  public void send(int replied, String type, byte[] bytes) {
    status = replied;
    contentType = type;
    remember(bytes, 0, bytes.length);
    whole.accept(this);
    to.send(replied, type, bytes);
  }

  @Override
  public OutputStream events() {
    status = 200;
    OutputStream caller = to.events();
    events = caller;
    return new Events(caller);
  }

  /** Not remembered: it is one that may be of any length. */
  @Override
  public OutputStream body(int replied, String type) {
    status = replied;
    contentType = type;
    tooLong = true;
    return to.body(replied, type);
  }

  @Override
  public void broken() {
    broken = true;
    to.broken();
  }

  /** What is true of one reply only, and would be wrong when it is given again. */
  private static boolean momentary(String name) {
    return name.startsWith("x-ratelimit-")
        || name.startsWith("retry-after")
        || name.equals("server-timing")
        || name.equals("x-overhead-ms");
  }

  private void remember(byte[] bytes, int from, int length) {
    if (!tooLong && body.size() + length <= longest) {
      body.write(bytes, from, length);
    } else {
      tooLong = true;
      body.reset();
    }
  }

  private interface Write {
    void run() throws IOException;
  }

  private final class Events extends OutputStream {
    private final OutputStream caller;

    Events(OutputStream caller) {
      this.caller = caller;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      remember(bytes, from, length);
      pass(() -> caller.write(bytes, from, length));
    }

    @Override
    public void flush() throws IOException {
      pass(caller::flush);
    }

    /** Passed on by {@link #finish}. */
    @Override
    public void close() throws IOException {
      flush();
    }

    private void pass(Write write) throws IOException {
      if (left != null && tooLong) {
        // Nobody reads it now, and nobody will.
        throw left;
      }
      if (left == null) {
        try {
          write.run();
        } catch (CallerLeftException e) {
          left = e;
        }
      }
    }
  }
}
