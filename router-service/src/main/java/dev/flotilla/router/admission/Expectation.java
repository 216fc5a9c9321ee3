package dev.flotilla.router.admission;

/**
 * What the requests of a key use, learned from those that have ended: a moving average and the
 * average distance from it, with the weights TCP uses for its round-trip times (RFC 6298). Not
 * thread-safe.
 */
final class Expectation {
  /** Before anything is known at most this many requests share the limit. */
  private static final long AT_FIRST = 50;

  /**
   * But none is thought to use more than this beyond what is known of it: the longest answer any
   * model of the catalogue gives. Many streams may begin before the first of them has ended.
   */
  private static final long LONGEST_ANSWER = 262_144;

  private double mean;
  private double distance;

  /** How long a request takes, by the same average. */
  private double millis;

  /** What is reserved now and will not be used, by all that is known. */
  private long surplus;

  /**
   * Tokens to reserve: enough for nearly all requests like those before. Too little would let many
   * requests at once overrun the limit; too much is given back as soon as each of them ends.
   */
  long reserve(long estimate, long limit) {
    long expected =
        mean == 0
            ? Math.min(Math.ceilDiv(limit, AT_FIRST), estimate + LONGEST_ANSWER)
            : (long) Math.ceil(mean + 2 * distance);
    return Math.min(limit, Math.max(estimate, expected));
  }

  /**
   * A request with so many tokens reserved begins.
   *
   * @return how many of them it will leave, by all that is known
   */
  long begin(long reserved) {
    long leaves = mean == 0 ? 0 : Math.max(0, reserved - (long) Math.ceil(mean));
    surplus += leaves;
    return leaves;
  }

  /**
   * A request has ended.
   *
   * @param leaves what {@link #begin} said
   * @param used tokens; 0, which is what errors use, teaches nothing
   */
  void end(long leaves, long used, long tookMillis) {
    surplus -= leaves;
    if (used <= 0) {
      return;
    }
    if (mean == 0) {
      mean = used;
      distance = used / 2.0;
      millis = tookMillis;
    } else {
      distance += (Math.abs(used - mean) - distance) / 4;
      mean += (used - mean) / 8;
      millis += (tookMillis - millis) / 8;
    }
  }

  /**
   * How long until tokens that are missing are there: as long as a request takes, if those on their
   * way will leave so many, else as long as it takes the window to move on.
   */
  long wait(long missing, long windowMillis) {
    return missing > 0 && missing <= surplus
        ? Math.clamp((long) Math.ceil(millis), 1, windowMillis)
        : windowMillis;
  }
}
