package dev.flotilla.router.admission;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Tokens set aside for one request. They count until they are settled, and if nobody ever does,
 * because the router died, until they leave the window. Thread-safe.
 */
public final class Reservation {
  static final long UNTOLD = -1;

  /** Of a request whose key has no limit of tokens. */
  static final Reservation NOTHING = new Reservation(null, 0, 0, 0, 0, 0);

  private final @Nullable KeyWindow window;
  private final long tokens;
  private final long leaves;
  private final long sinceMillis;
  private final long ownSlot;
  private final long sharedSlot;
  private final AtomicBoolean settled = new AtomicBoolean();

  /**
   * @param leaves how many tokens are expected to be left over
   * @param sharedSlot {@link #UNTOLD} when Redis was not asked
   */
  Reservation(
      @Nullable KeyWindow window,
      long tokens,
      long leaves,
      long sinceMillis,
      long ownSlot,
      long sharedSlot) {
    this.window = window;
    this.tokens = tokens;
    this.leaves = leaves;
    this.sinceMillis = sinceMillis;
    this.ownSlot = ownSlot;
    this.sharedSlot = sharedSlot;
  }

  /** How many tokens are set aside: the caller's estimate, or more by what the key used before. */
  public long tokens() {
    return tokens;
  }

  /**
   * Puts what was really used in the place of what was set aside; the difference can be used with
   * this router's next question, and by other routers within 50 ms. Only the first call counts;
   * never waits.
   *
   * @param usedTokens input and output; 0 when no model was asked or none answered
   */
  public void settle(long usedTokens) {
    if (window != null && settled.compareAndSet(false, true)) {
      window.settle(this, Math.max(0, usedTokens));
    }
  }

  long leaves() {
    return leaves;
  }

  long sinceMillis() {
    return sinceMillis;
  }

  long ownSlot() {
    return ownSlot;
  }

  long sharedSlot() {
    return sharedSlot;
  }
}
