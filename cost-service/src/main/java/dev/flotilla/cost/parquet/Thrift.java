package dev.flotilla.cost.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Structures in Thrift's compact protocol, in which a Parquet file describes itself. Fields must be
 * written in the order of their numbers. One thread.
 */
final class Thrift {
  private static final int TRUE = 1;
  private static final int I32 = 5;
  private static final int I64 = 6;
  private static final int BINARY = 8;
  private static final int LIST = 9;
  private static final int STRUCT = 12;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** The last field's number in each structure around the one that is written. */
  private final Deque<Integer> around = new ArrayDeque<>();

  private int last;

  Thrift yes(int field) {
    return field(field, TRUE);
  }

  Thrift number(int field, int value) {
    return field(field, I32).zigzag(value);
  }

  Thrift number(int field, long value) {
    return field(field, I64).zigzag(value);
  }

  Thrift text(int field, String value) {
    return field(field, BINARY).bytes(value);
  }

  /** A list of structures follows, each begun with {@link #begin()}. */
  Thrift structures(int field, int size) {
    return field(field, LIST).list(size, STRUCT);
  }

  Thrift numbers(int field, int... values) {
    field(field, LIST).list(values.length, I32);
    for (int value : values) {
      zigzag(value);
    }
    return this;
  }

  Thrift texts(int field, String... values) {
    field(field, LIST).list(values.length, BINARY);
    for (String value : values) {
      bytes(value);
    }
    return this;
  }

  /** A structure as a field; end it. */
  Thrift begin(int field) {
    return field(field, STRUCT).begin();
  }

  /** A structure in a list; end it. */
  Thrift begin() {
    around.push(last);
    last = 0;
    return this;
  }

  Thrift end() {
    out.write(0);
    last = around.pop();
    return this;
  }

  /** Everything so far, as one structure. */
  byte[] toBytes() {
    out.write(0);
    return out.toByteArray();
  }

  private Thrift field(int number, int type) {
    int step = number - last;
    if (step <= 0 || step > 15) {
      throw new IllegalArgumentException("field " + number + " cannot follow " + last);
    }
    out.write((step << 4) | type);
    last = number;
    return this;
  }

  private Thrift list(int size, int type) {
    if (size < 15) {
      out.write((size << 4) | type);
      return this;
    }
    out.write(0xf0 | type);
    return varint(size);
  }

  private Thrift bytes(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    varint(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  private Thrift zigzag(long value) {
    return varint((value << 1) ^ (value >> 63));
  }

  private Thrift varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return this;
  }
}
