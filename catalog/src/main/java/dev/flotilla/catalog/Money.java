package dev.flotilla.catalog;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Amounts of money as this fleet keeps them: whole nano-dollars in a {@code long}. */
public final class Money {
  private Money() {}

  /**
   * Dollars as an exact decimal without trailing zeros, e.g. {@code 0.0000213} for 21,300
   * nano-dollars.
   */
  public static BigDecimal usd(long nanos) {
    BigDecimal dollars = BigDecimal.valueOf(nanos, 9).stripTrailingZeros();
    return dollars.scale() < 0 ? dollars.setScale(0) : dollars;
  }

  /**
   * Whole nano-dollars of an amount in dollars, rounded down: what a limit admits.
   *
   * @throws ArithmeticException when it does not fit
   */
  public static long nanosWithin(BigDecimal usd) {
    return usd.scaleByPowerOfTen(9).setScale(0, RoundingMode.DOWN).longValueExact();
  }

  /** Dollars as plain text, never in scientific notation: what headers and tables show. */
  public static String plainUsd(long nanos) {
    return usd(nanos).toPlainString();
  }
}
