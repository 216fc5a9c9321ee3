package dev.flotilla.catalog;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.LocalDate;

/**
 * What a model costs from a day on, in pico-dollars per token (10⁻¹² USD).
 *
 * <p>A bucket without a price of its own is charged like the bucket it is a part of (cache buckets
 * like input, reasoning like output), so that nothing is ever free by omission.
 *
 * @param from first day, UTC, on which this price holds
 * @param source where the figures were read
 */
public record Price(
    LocalDate from,
    String source,
    long input,
    long cacheRead,
    long cacheWrite5m,
    long cacheWrite1h,
    long output,
    long reasoning) {

  private static final BigDecimal PICO_PER_TOKEN_IN_USD_PER_MILLION = BigDecimal.valueOf(1_000_000);
  private static final BigDecimal PICO_IN_NANO = BigDecimal.valueOf(1_000);

  /**
   * Exact cost in nano-dollars: summed in pico-dollars, rounded half-even once.
   *
   * @throws ArithmeticException when the amount does not fit, rather than wrapping around
   */
  public long nanos(Usage usage) {
    BigInteger pico =
        times(input, usage.input())
            .add(times(cacheRead, usage.cacheRead()))
            .add(times(cacheWrite5m, usage.cacheWrite5m()))
            .add(times(cacheWrite1h, usage.cacheWrite1h()))
            .add(times(output, usage.output()))
            .add(times(reasoning, usage.reasoning()));
    return new BigDecimal(pico).divide(PICO_IN_NANO, 0, RoundingMode.HALF_EVEN).longValueExact();
  }

  private static BigInteger times(long price, long tokens) {
    return tokens == 0
        ? BigInteger.ZERO
        : BigInteger.valueOf(price).multiply(BigInteger.valueOf(tokens));
  }

  /**
   * Turns "USD per million tokens" into pico-dollars per token; {@code what} names the place for
   * the error.
   */
  static long pico(String what, BigDecimal usdPerMillion) {
    try {
      long pico = usdPerMillion.multiply(PICO_PER_TOKEN_IN_USD_PER_MILLION).longValueExact();
      if (pico >= 0) {
        return pico;
      }
    } catch (ArithmeticException finerThanPico) {
      throw new CatalogException(
          what
              + " is "
              + usdPerMillion.toPlainString()
              + " USD per million tokens, which is finer than a pico-dollar per token; write at most six decimals",
          finerThanPico);
    }
    throw new CatalogException(
        what
            + " is "
            + usdPerMillion.toPlainString()
            + ", but a price cannot be negative; write USD per million tokens, e.g. 0.28");
  }
}
