package dev.flotilla.learning;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** How long a decision takes. Immutable. */
public final class DecisionTimes {
  private static final int DECISIONS = 20_000;

  private final long[] micros;

  private DecisionTimes(long[] micros) {
    this.micros = micros;
  }

  /**
   * Decides many times. The second half is timed: by then it is compiled.
   *
   * @param prompts at least one; again from the first when they are few
   * @param decision never returns null
   */
  public static DecisionTimes of(List<String> prompts, Function<String, ?> decision) {
    long[] micros = new long[DECISIONS / 2];
    int decided = 0;
    for (int i = 0; i < DECISIONS; i++) {
      long began = System.nanoTime();
      Object made = decision.apply(prompts.get(i % prompts.size()));
      long took = (System.nanoTime() - began) / 1_000;
      // What nobody looks at need not be computed.
      decided += made.equals("") ? 0 : 1;
      if (i >= DECISIONS / 2) {
        micros[i - DECISIONS / 2] = took;
      }
    }
    if (decided < DECISIONS) {
      throw new IllegalArgumentException("a decision said nothing");
    }
    Arrays.sort(micros);
    return new DecisionTimes(micros);
  }

  /**
   * How long all but a share of decisions take at most, microseconds.
   *
   * @param share 0.99 for all but one of a hundred
   */
  public long micros(double share) {
    return micros[(int) Math.ceil(share * micros.length) - 1];
  }
}
