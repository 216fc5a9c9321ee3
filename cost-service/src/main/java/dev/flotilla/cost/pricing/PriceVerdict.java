package dev.flotilla.cost.pricing;

import org.jspecify.annotations.Nullable;

/**
 * What our own catalogue says of an amount.
 *
 * @param word {@code ok}, {@code mismatch} or {@code unchecked}, as stored
 * @param repricedNanos our own amount, nano-dollars; null when unchecked
 */
public record PriceVerdict(String word, @Nullable Long repricedNanos) {
  /** The version or the model is not known here, or there is no amount yet. */
  public static final PriceVerdict UNCHECKED = new PriceVerdict("unchecked", null);

  static PriceVerdict of(long sent, long repriced) {
    return new PriceVerdict(sent == repriced ? "ok" : "mismatch", repriced);
  }

  public boolean mismatch() {
    return word.equals("mismatch");
  }
}
