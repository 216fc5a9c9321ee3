package dev.flotilla.review.people;

/** Tells a run that the decision it waits for is there. */
@FunctionalInterface
public interface Waker {
  /**
   * Gives a hint; what it is about must be looked up. May be given twice, or never.
   *
   * @return whether it need not be given again, because it arrived or nobody knows that run
   */
  boolean wake(String runId, String questionId);
}
