package dev.flotilla.review.policy;

/** What makes a verdict a decision. */
public sealed interface Rule {
  /** So many equal votes as the policy's {@code agree} says. */
  record Votes() implements Rule {}

  /**
   * The noisy-or of the reliabilities of those who vote for it.
   *
   * @param enough how sure it must be, above 0 and below 1
   * @param lead by how much it must be surer than the next verdict, from 0 to below 1
   */
  record Weighted(double enough, double lead) implements Rule {}

  /** Nothing: a person decides, with everything that was found. */
  record Report() implements Rule {}
}
