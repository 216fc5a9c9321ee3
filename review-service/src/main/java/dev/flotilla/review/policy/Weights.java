package dev.flotilla.review.policy;

import java.util.Map;

/**
 * How far each reviewer is trusted.
 *
 * @param usual of reviewers that are not named
 * @param reviewers by the id of their model
 */
public record Weights(Trust usual, Map<String, Trust> reviewers) {
  public static final Weights USUAL = new Weights(Trust.USUAL, Map.of());

  public Weights {
    reviewers = Map.copyOf(reviewers);
  }

  public Trust of(String model) {
    return reviewers.getOrDefault(model, usual);
  }
}
