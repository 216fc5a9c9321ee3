package dev.flotilla.review.panel;

import dev.flotilla.review.reviewer.Bench;
import dev.flotilla.review.reviewer.Errand;
import dev.flotilla.review.reviewer.Seat;
import java.util.Map;

/**
 * A panel that is being asked.
 *
 * @param filled seats that have voted or abstained already, by id; empty at the beginning
 */
record Sitting(
    String reviewId, ReviewRequest request, Errand errand, Bench bench, Map<String, Seat> filled) {
  Sitting {
    filled = Map.copyOf(filled);
  }
}
