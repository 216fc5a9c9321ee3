package dev.flotilla.cost.parquet;

/**
 * A column of a table.
 *
 * @param nullable whether a row may have no value
 */
public record Column(String name, Kind kind, boolean nullable) {
  /** What its values are, and how the format names that. */
  public enum Kind {
    /** A {@link String}. */
    TEXT(Type.BYTES),
    /** A {@link java.math.BigDecimal} of at most nine decimals: exact, never a floating point. */
    AMOUNT(Type.INT64),
    /** A {@link Long}. */
    COUNT(Type.INT64),
    /** An {@link java.time.Instant}, to the millisecond. */
    MOMENT(Type.INT64);

    final int physical;

    Kind(int physical) {
      this.physical = physical;
    }
  }

  /** Numbers of the format's physical types. */
  private static final class Type {
    static final int INT64 = 2;
    static final int BYTES = 6;
  }
}
