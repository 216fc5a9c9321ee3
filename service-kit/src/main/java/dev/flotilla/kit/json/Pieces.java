package dev.flotilla.kit.json;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is written, without copying what somebody keeps anyway. Not thread-safe. */
final class Pieces extends OutputStream {
  private final List<ByteBuffer> pieces = new ArrayList<>();
  private byte[] own = new byte[1_024];
  private int used;
  private byte @Nullable [] lent;

  /** What is written out of these bytes from now on is not copied: they are never changed. */
  void borrow(byte[] bytes) {
    lent = bytes;
  }

  @Override
  public void write(int one) {
    makeRoom(1);
    own[used++] = (byte) one;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // these very bytes, and no others like them
  public void write(byte[] bytes, int from, int length) {
    if (bytes == lent) {
      finishOwn();
      pieces.add(ByteBuffer.wrap(bytes, from, length).slice());
    } else {
      makeRoom(length);
      System.arraycopy(bytes, from, own, used, length);
      used += length;
    }
  }

  /** All that was written, in its order; each from its position to its limit. */
  List<ByteBuffer> all() {
    finishOwn();
    return List.copyOf(pieces);
  }

  private void makeRoom(int length) {
    if (own.length - used < length) {
      own = Arrays.copyOf(own, Math.max(2 * own.length, used + length));
    }
  }

  private void finishOwn() {
    if (used > 0) {
      pieces.add(ByteBuffer.wrap(own, 0, used).slice());
      own = new byte[1_024];
      used = 0;
    }
  }
}
