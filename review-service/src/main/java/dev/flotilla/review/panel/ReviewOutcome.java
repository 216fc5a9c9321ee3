package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.review.reviewer.Seating;

/** What became of a request for a review. */
sealed interface ReviewOutcome {
  /** Decided, or waiting for a person; as the API shows it. */
  record Recorded(ObjectNode review) implements ReviewOutcome {}

  /** It is being reviewed; as the API shows it. */
  record Accepted(ObjectNode review) implements ReviewOutcome {}

  /** Something else was asked under the same idempotency key. */
  record KeyTaken(String reviewId) implements ReviewOutcome {}

  /** No panel could be had, and nobody was asked. */
  record NoPanel(Seating.Refused why) implements ReviewOutcome {}
}
