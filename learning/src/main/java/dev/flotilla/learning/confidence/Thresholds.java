package dev.flotilla.learning.confidence;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.jspecify.annotations.Nullable;

/**
 * From which scores on answers are accepted, so that a wanted share of the accepted ones is good.
 *
 * @param wanted share of the accepted answers that are to be good, 0 to 1
 * @param alone an answer is accepted from here on without a second one; null is never
 * @param undecided below {@code alone}, a second answer is asked for from here on; null is never.
 *     An answer that can have no score without a second one is undecided
 * @param beside an answer beside a second one is accepted from here on; null is never
 */
public record Thresholds(
    double wanted, @Nullable Double alone, @Nullable Double undecided, @Nullable Double beside) {
  public Thresholds {
    if ((undecided == null) != (beside == null)) {
      throw new IllegalArgumentException("undecided without beside, or beside without undecided");
    }
  }

  /** Whether there are answers that are accepted. */
  @JsonIgnore
  public boolean acceptsSome() {
    return alone != null || beside != null;
  }
}
