package dev.flotilla.review.reviewer;

/** What a model's answer turned out to be. */
sealed interface Reading {
  record Valid(Opinion opinion) implements Reading {}

  /**
   * Not an opinion.
   *
   * @param error what is wrong with it, for the model to repair; quotes nothing of the answer
   */
  record Invalid(String error) implements Reading {}
}
