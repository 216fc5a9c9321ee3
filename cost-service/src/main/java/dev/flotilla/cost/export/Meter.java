package dev.flotilla.cost.export;

import dev.flotilla.catalog.Price;
import dev.flotilla.catalog.Usage;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is counted of an attempt, and charged. */
enum Meter {
  INPUT("Input Tokens", "Tokens", "input_tokens"),
  CACHE_READ("Cached Input Tokens", "Tokens", "cache_read_tokens"),
  CACHE_WRITE_5M("Cache Write Tokens (5 minutes)", "Tokens", "cache_write_5m_tokens"),
  CACHE_WRITE_1H("Cache Write Tokens (1 hour)", "Tokens", "cache_write_1h_tokens"),
  OUTPUT("Output Tokens", "Tokens", "output_tokens"),
  REASONING("Reasoning Tokens", "Tokens", "reasoning_tokens"),
  AUDIO_IN("Input Audio Tokens", "Tokens", "audio_in_tokens"),
  AUDIO_OUT("Output Audio Tokens", "Tokens", "audio_out_tokens"),
  IMAGES("Images", "Images", "images"),
  /** For an amount nothing else was counted for. */
  REQUESTS("Requests", "Requests", "");

  final String word;
  final String unit;

  /** The ledger's; empty when it is the number of rows. */
  final String column;

  Meter(String word, String unit, String column) {
    this.word = word;
    this.unit = unit;
    this.column = column;
  }

  /** What was counted, without zeros. */
  static Map<Meter, Long> counts(ResultSet row) throws SQLException {
    Map<Meter, Long> counts = new EnumMap<>(Meter.class);
    for (Meter meter : values()) {
      if (meter != REQUESTS) {
        long count = row.getBigDecimal(meter.column).longValueExact();
        if (count != 0) {
          counts.put(meter, count);
        }
      }
    }
    return counts;
  }

  /**
   * An amount, shared out: by price where we have one for anything that was counted, else by
   * number. The shares add up to it.
   *
   * @param nanos may be negative, for a correction
   * @param price null when the model is not in our catalogue
   */
  static Map<Meter, Long> shares(long nanos, Map<Meter, Long> counts, @Nullable Price price) {
    Map<Meter, BigInteger> weights = new EnumMap<>(Meter.class);
    counts.forEach(
        (meter, count) -> weights.put(meter, BigInteger.valueOf(meter.list(count, price))));
    if (sum(weights).signum() == 0) {
      counts.forEach((meter, count) -> weights.put(meter, BigInteger.valueOf(count)));
    }
    Map<Meter, Long> shares = new EnumMap<>(Meter.class);
    BigInteger all = sum(weights);
    if (all.signum() == 0) {
      shares.put(REQUESTS, nanos);
      return shares;
    }
    long rest = nanos;
    Meter heaviest = weights.keySet().iterator().next();
    for (var weight : weights.entrySet()) {
      long share =
          BigInteger.valueOf(nanos).multiply(weight.getValue()).divide(all).longValueExact();
      shares.put(weight.getKey(), share);
      rest -= share;
      if (weight.getValue().compareTo(weights.getOrDefault(heaviest, BigInteger.ZERO)) > 0) {
        heaviest = weight.getKey();
      }
    }
    // What rounding left over, a few nano-dollars at most.
    shares.merge(heaviest, rest, Math::addExact);
    return shares;
  }

  /** What so many cost by the catalogue alone; 0 where it has no price. */
  private long list(long count, @Nullable Price price) {
    if (price == null) {
      return 0;
    }
    return price.nanos(
        new Usage(
            this == INPUT ? count : 0,
            this == CACHE_READ ? count : 0,
            this == CACHE_WRITE_5M ? count : 0,
            this == CACHE_WRITE_1H ? count : 0,
            this == OUTPUT ? count : 0,
            this == REASONING ? count : 0));
  }

  private static BigInteger sum(Map<Meter, BigInteger> weights) {
    return weights.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
  }
}
