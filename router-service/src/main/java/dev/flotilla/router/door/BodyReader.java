package dev.flotilla.router.door;

import dev.flotilla.kit.heap.HeapRoom;
import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads what a visitor has with him: no more than his door admits, no longer than we are patient,
 * and only while there is room for it. Immutable.
 */
final class BodyReader {
  /**
   * How many times the admitted length is still read, so that a caller hears why it is too much.
   */
  private static final long WORTH_READING_ON = 4;

  /** A body that comes slower than this for longer than we are patient is none. */
  private static final long BYTES_PER_SECOND = 64 << 10;

  /** A body that does not say how long it is begins with room for this, which then doubles. */
  private static final int FIRST_PART = 64 << 10;

  private final HeapRoom room;
  private final Duration patience;

  /**
   * @param patience how long a short body may take; a longer one gets more
   */
  BodyReader(HeapRoom room, Duration patience) {
    this.room = room;
    this.patience = patience;
  }

  /** What a visitor has with him. */
  sealed interface Brought {
    /**
     * @param hold its room, to be given back when the visit ends
     */
    record Body(byte[] bytes, HeapRoom.Hold hold) implements Brought {}

    /**
     * @param endless whether it is so long that reading on, only to keep the connection, is worse
     *     than losing it
     */
    record TooLarge(long admitted, boolean endless) implements Brought {}

    /** Its pieces do not say where they end. */
    record Unreadable() implements Brought {}

    record TooSlow() implements Brought {}

    /** Others' bodies take all the room there is. */
    record NoRoom() implements Brought {}
  }

  Brought read(Door door, ServerRequest request) throws IOException {
    if (door.maxBytes() == 0 || !request.content().hasEntity()) {
      return new Brought.Body(new byte[0], () -> {});
    }
    long admitted = Math.min(door.maxBytes(), room.longestBody());
    long announced = request.headers().contentLength().orElse(-1);
    if (announced > admitted) {
      return new Brought.TooLarge(admitted, announced > WORTH_READING_ON * admitted);
    }
    var holds = new Holds();
    Brought brought;
    try {
      brought = read((int) announced, (int) admitted, request, holds);
    } catch (IOException | RuntimeException e) {
      holds.close();
      throw e;
    }
    if (brought instanceof Brought.Body) {
      Guest.bodyIsRead();
    } else {
      holds.close();
    }
    return brought;
  }

  private Brought read(int announced, int admitted, ServerRequest request, Holds holds)
      throws IOException {
    byte[] bytes = new byte[announced < 0 ? Math.min(FIRST_PART, admitted) : announced];
    if (!holds.more(bytes.length)) {
      return new Brought.NoRoom();
    }
    // Not closed: closing reads on to the end of the body, and a body that is refused may have
    // none.
    InputStream in = request.content().inputStream();
    long start = System.nanoTime();
    int length = 0;
    try {
      while (true) {
        if (length == bytes.length) {
          int next = announced < 0 ? in.read() : -1;
          if (next < 0) {
            return new Brought.Body(bytes, holds);
          }
          if (length == admitted) {
            long worthIt = WORTH_READING_ON * admitted;
            return new Brought.TooLarge(admitted, in.skip(worthIt) == worthIt);
          }
          int larger = (int) Math.min(admitted, 2L * length);
          if (!holds.more(larger - length)) {
            return new Brought.NoRoom();
          }
          bytes = Arrays.copyOf(bytes, larger);
          bytes[length++] = (byte) next;
          continue;
        }
        int read = in.read(bytes, length, bytes.length - length);
        if (read < 0) {
          return new Brought.Body(Arrays.copyOf(bytes, length), holds);
        }
        length += read;
        if (length < bytes.length && isTooSlow(start, length)) {
          return new Brought.TooSlow();
        }
      }
    } catch (DataReader.InsufficientDataAvailableException e) {
      throw new IOException("the caller left within the body", e);
    } catch (NumberFormatException e) {
      return new Brought.Unreadable();
    }
  }

  private boolean isTooSlow(long start, long length) {
    long allowed = patience.toNanos() + length * 1_000_000_000L / BYTES_PER_SECOND;
    return System.nanoTime() - start > allowed;
  }

  /** Room that grows with a body. */
  private final class Holds implements HeapRoom.Hold {
    private HeapRoom.Hold all = () -> {};

    boolean more(int bytes) {
      Optional<HeapRoom.Hold> one = room.hold(bytes);
      HeapRoom.Hold before = all;
      one.ifPresent(
          hold ->
              all =
                  () -> {
                    hold.close();
                    before.close();
                  });
      return one.isPresent();
    }

    @Override
    public void close() {
      HeapRoom.Hold given = all;
      all = () -> {};
      given.close();
    }
  }
}
