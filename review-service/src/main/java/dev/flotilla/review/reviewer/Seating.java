package dev.flotilla.review.reviewer;

import java.util.List;

/** Whether a panel can be had, known before anything is sent. */
public sealed interface Seating {
  /** Enough reviewers are independent. */
  record Ready(Bench bench) implements Seating {}

  /**
   * Nothing is sent.
   *
   * @param code one word for programs
   * @param reason what is wrong and what to write instead
   */
  record Refused(String code, String reason, List<Exclusion> excluded) implements Seating {
    public Refused {
      excluded = List.copyOf(excluded);
    }
  }
}
