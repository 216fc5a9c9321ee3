package dev.flotilla.learning.confidence;

import org.jspecify.annotations.Nullable;

/**
 * Weak signs of how good an answer is. Null is "there is none".
 *
 * @param logprob the mean natural logarithm of the probabilities of the answer's tokens, at most 0
 * @param agreement how much a second answer of the same model says the same, 0 to 1
 * @param stated 1 where the answer says of itself that it is sure, 0 where it says it is not
 */
public record Features(
    @Nullable Double logprob, @Nullable Double agreement, @Nullable Double stated) {
  public Features {
    if (logprob != null && !(logprob <= 0 && logprob > Double.NEGATIVE_INFINITY)) {
      throw new IllegalArgumentException("'logprob' is " + logprob + "; write a number up to 0");
    }
    if (agreement != null && !(agreement >= 0 && agreement <= 1)) {
      throw new IllegalArgumentException(
          "'agreement' is " + agreement + "; write a number from 0 to 1");
    }
    if (stated != null && stated != 0 && stated != 1) {
      throw new IllegalArgumentException("'stated' is " + stated + "; write 1 for HIGH, 0 for LOW");
    }
  }

  /** The same with a second answer. */
  public Features agreeing(double agreement) {
    return new Features(logprob, agreement, stated);
  }
}
