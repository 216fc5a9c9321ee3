package dev.flotilla.review.aggregation;

import dev.flotilla.review.reviewer.Verdict;
import org.jspecify.annotations.Nullable;

/** What a policy makes of the votes. */
public sealed interface Decision {
  /** As it stands in records: the verdict, or {@code escalate}. */
  default String word() {
    return switch (this) {
      case Decided(Verdict verdict) -> verdict.word();
      case Escalated escalated -> "escalate";
    };
  }

  /** Enough reviewers agree, and nothing stands against it. */
  record Decided(Verdict verdict) implements Decision {}

  /**
   * A person has to decide.
   *
   * @param proposal what most votes say; null when no verdict has more than the others
   */
  record Escalated(@Nullable Verdict proposal) implements Decision {}
}
