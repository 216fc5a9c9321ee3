package dev.flotilla.learning.confidence;

import java.util.OptionalDouble;

/**
 * A logistic regression of how good an answer is.
 *
 * @param offset where nothing speaks for or against it
 * @param logprob by {@link Features#logprob}
 * @param noLogprob instead of it where there is none
 * @param agreement by {@link Features#agreement}; 0 in weights for one answer
 * @param stated by {@link Features#stated}
 * @param notStated instead of it where nothing is stated
 * @param needsLogprob no answer was seen without one, so nothing is known of such answers
 * @param needsStated likewise
 * @param needsAgreement whether these weights are for an answer beside a second one
 */
public record Weights(
    double offset,
    double logprob,
    double noLogprob,
    double agreement,
    double stated,
    double notStated,
    boolean needsLogprob,
    boolean needsStated,
    boolean needsAgreement) {

  /** How likely the answer is good, 0 to 1; empty where too little is known of it. */
  OptionalDouble score(Features features) {
    if ((needsLogprob && features.logprob() == null)
        || (needsStated && features.stated() == null)
        || (needsAgreement && features.agreement() == null)) {
      return OptionalDouble.empty();
    }
    double sum = offset;
    sum += features.logprob() == null ? noLogprob : logprob * features.logprob();
    sum += features.agreement() == null ? 0 : agreement * features.agreement();
    sum += features.stated() == null ? notStated : stated * features.stated();
    return OptionalDouble.of(1 / (1 + Math.exp(-sum)));
  }
}
