package dev.flotilla.learning.shadow;

import dev.flotilla.learning.linear.SparseVector;

/**
 * A request that two models answered.
 *
 * @param features of its prompt, by {@code PromptFeatures.ofSubject}
 * @param subject what the request says it is about, as a pipeline's step or a collection; "" when
 *     it says nothing
 */
public record SeenPair(SparseVector features, String subject, ShadowedPair pair) {
  double gain() {
    return pair.strong() - pair.cheap();
  }

  double weight() {
    return 1 / pair.propensity();
  }
}
