package dev.flotilla.catalog;

import java.util.Set;

/** What a usage costs. */
public sealed interface Charge {
  /** All of it has a price: exact, in nano-dollars. */
  record Exact(long nanos) implements Charge {}

  /**
   * Something of it has none, which is not the same as free.
   *
   * @param atLeastNanos what the rest costs
   * @param missing what has no price; empty when it is the length of the prompt
   */
  record Unpriced(long atLeastNanos, Set<Bucket> missing) implements Charge {
    public Unpriced {
      missing = Set.copyOf(missing);
    }
  }
}
