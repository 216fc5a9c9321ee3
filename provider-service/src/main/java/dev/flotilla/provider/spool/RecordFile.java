package dev.flotilla.provider.spool;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * How records lie in a segment: length and CRC-32C of the payload, four bytes each, big endian,
 * then the payload.
 */
final class RecordFile {
  static final int HEADER = 8;

  /** No entry is near this; a larger length is damage. */
  static final int MAX_PAYLOAD = 1 << 20;

  /** Told of every undamaged record, in order. */
  interface Visitor {
    void found(long offset, byte[] payload);
  }

  private RecordFile() {}

  static byte[] framed(byte[] payload) {
    return ByteBuffer.allocate(HEADER + payload.length)
        .putInt(payload.length)
        .putInt(crc(ByteBuffer.wrap(payload)))
        .put(payload)
        .array();
  }

  /**
   * Reads a segment from its beginning to its end.
   *
   * @return how many stretches of damaged bytes were passed over; a torn last record is one
   */
  static int scan(Path file, Visitor visitor) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer all = ByteBuffer.wrap(bytes);
    int damaged = 0;
    boolean inDamage = false;
    int at = 0;
    while (at < bytes.length) {
      int length = wholeRecordAt(all, at);
      if (length < 0) {
        // A flipped bit in a length must not cost the records behind it, so look for the next
        // place where length and checksum agree.
        damaged += inDamage ? 0 : 1;
        inDamage = true;
        at++;
      } else {
        inDamage = false;
        byte[] payload = new byte[length];
        all.get(at + HEADER, payload);
        visitor.found(at, payload);
        at += HEADER + length;
      }
    }
    return damaged;
  }

  /**
   * The payload at a place.
   *
   * @throws IOException when it cannot be read or is damaged
   */
  static byte[] read(RandomAccessFile file, long offset, int length) throws IOException {
    byte[] record = new byte[HEADER + length];
    file.seek(offset);
    file.readFully(record);
    ByteBuffer view = ByteBuffer.wrap(record);
    if (wholeRecordAt(view, 0) != length) {
      throw new IOException("the record at byte " + offset + " is damaged");
    }
    byte[] payload = new byte[length];
    view.get(HEADER, payload);
    return payload;
  }

  private static int wholeRecordAt(ByteBuffer all, int at) {
    if (at + HEADER > all.limit()) {
      return -1;
    }
    int length = all.getInt(at);
    if (length < 1 || length > MAX_PAYLOAD || length > all.limit() - at - HEADER) {
      return -1;
    }
    return crc(all.slice(at + HEADER, length)) == all.getInt(at + 4) ? length : -1;
  }

  private static int crc(ByteBuffer payload) {
    var crc = new CRC32C();
    crc.update(payload);
    return (int) crc.getValue();
  }
}
