package dev.flotilla.review.people;

import org.jspecify.annotations.Nullable;

/**
 * What a person answered.
 *
 * @param comment null when there is none
 */
public record Answer(String decision, @Nullable String comment) {
  /** Reads the body of a decision; ends the request with a problem when it is no answer. */
  public static Answer read(byte[] bytes) {
    return QuestionReader.answer(bytes);
  }
}
