package dev.flotilla.review.reviewer;

/** What came from a seat of the panel. */
public sealed interface Ballot {
  record Voted(Opinion opinion) implements Ballot {}

  /**
   * No vote, and never an approval.
   *
   * @param reason one of {@link dev.flotilla.contracts.call.Outcomes}
   * @param message what happened, safe to show
   */
  record Abstained(String reason, String message) implements Ballot {}
}
