package dev.flotilla.learning.text;

import dev.flotilla.learning.linear.SparseVector;
import java.util.Arrays;

/**
 * Collects features by their hash. Those of one group share a length of 1, so that a long text
 * weighs no more than a short one.
 */
final class Marks {
  private final int places;
  private final float[] sums;

  /**
   * A bit per place: marked in this group, and in any. Bits are faster looked through than sums.
   */
  private final long[] seen;

  private final long[] touched;
  private int[] group = new int[256];
  private int inGroup;

  /**
   * @param places a power of 2
   */
  Marks(int places) {
    this.places = places;
    this.sums = new float[places];
    this.seen = new long[places / Long.SIZE];
    this.touched = new long[places / Long.SIZE];
  }

  void mark(Block block, CharSequence what) {
    mark(block, what, 0, what.length());
  }

  /** Marks what stands between two indices. */
  void mark(Block block, CharSequence what, int from, int to) {
    mark(hash(start(block), what, from, to));
  }

  /** Marks two words that follow each other. */
  void markPair(Block block, String first, String second) {
    int hash = hash(start(block), first, 0, first.length());
    hash = hash(hash, " ", 0, 1);
    mark(hash(hash, second, 0, second.length()));
  }

  /** Marks that a figure is at least 0, 1, 2 and so on up to what it is. */
  void markUpTo(Block block, String figure, int reached) {
    for (int i = 0; i <= reached; i++) {
      markPair(block, figure, Integer.toString(i));
    }
  }

  /** FNV-1a, 32 bits. */
  private static int start(Block block) {
    return (0x811c9dc5 ^ block.salt) * 0x01000193;
  }

  private static int hash(int before, CharSequence what, int from, int to) {
    int hash = before;
    for (int i = from; i < to; i++) {
      hash = (hash ^ what.charAt(i)) * 0x01000193;
    }
    return hash;
  }

  private void mark(int hash) {
    // The low bits of FNV are its weakest.
    int place = (hash ^ (hash >>> 15)) & (places - 1);
    long bit = 1L << place;
    if ((seen[place / Long.SIZE] & bit) == 0) {
      seen[place / Long.SIZE] |= bit;
      if (inGroup == group.length) {
        group = Arrays.copyOf(group, 2 * inGroup);
      }
      group[inGroup++] = place;
    }
  }

  /**
   * What was marked since the last call is one group.
   *
   * @param length of it
   */
  void endGroup(double length) {
    float each = (float) (length / Math.sqrt(Math.max(1, inGroup)));
    for (int i = 0; i < inGroup; i++) {
      sums[group[i]] += each;
      touched[group[i] / Long.SIZE] |= 1L << group[i];
      seen[group[i] / Long.SIZE] &= ~(1L << group[i]);
    }
    inGroup = 0;
  }

  /** All groups together. */
  SparseVector vector() {
    int count = 0;
    for (long word : touched) {
      count += Long.bitCount(word);
    }
    int[] at = new int[count];
    float[] values = new float[count];
    int next = 0;
    for (int i = 0; i < touched.length; i++) {
      for (long left = touched[i]; left != 0; left &= left - 1) {
        int place = i * Long.SIZE + Long.numberOfTrailingZeros(left);
        at[next] = place;
        values[next++] = sums[place];
      }
    }
    return new SparseVector(at, values);
  }
}
