package dev.flotilla.provider.lease;

import org.jspecify.annotations.Nullable;

/** Money set aside for one attempt. Ended exactly once, by one of its two methods. */
public interface Hold {
  /** Of attempts that no budget limits. */
  Hold FREE =
      new Hold() {
        @Override
        public @Nullable String lease() {
          return null;
        }

        @Override
        public void settle(long nanos) {}

        @Override
        public void drop() {}
      };

  /** The lease it comes from; null when it comes from none. */
  @Nullable String lease();

  /**
   * The attempt has ended and is written down.
   *
   * @param nanos what the ledger will count it for: its cost, or its ceiling when nobody knows
   */
  void settle(long nanos);

  /** The attempt was not made, and nothing was written down. */
  void drop();
}
