package dev.flotilla.review.panel;

/** What was there when a review was to begin. */
sealed interface Begun {
  /** Nothing: it begins. */
  record Fresh() implements Begun {}

  /** The same was asked before under the same key. */
  record Known(String reviewId) implements Begun {}

  /** Something else was asked before under the same key. */
  record Taken(String reviewId) implements Begun {}
}
