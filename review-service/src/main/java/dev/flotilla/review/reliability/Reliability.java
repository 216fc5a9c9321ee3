package dev.flotilla.review.reliability;

/**
 * What became of one model's verdicts. An objection is a verdict other than approval; it was right
 * when a person, or a check that cannot be wrong, objected too.
 *
 * @param objectionsRight objections that were right
 * @param objectionsWrong objections to what was approved in the end
 * @param missed approvals of what was objected to in the end
 * @param approvalsRight approvals of what was approved in the end
 */
record Reliability(
    String model, long objectionsRight, long objectionsWrong, long missed, long approvalsRight) {

  long reviews() {
    return objectionsRight + objectionsWrong + missed + approvalsRight;
  }

  /**
   * How likely an objection is right: the mean of a Beta distribution that began with one of each
   * (Laplace's rule of succession), so that a handful of reviews proves little.
   */
  double precision() {
    return (objectionsRight + 1.0) / (objectionsRight + objectionsWrong + 2.0);
  }

  /** How likely what deserves an objection gets one; estimated alike. */
  double recall() {
    return (objectionsRight + 1.0) / (objectionsRight + missed + 2.0);
  }

  Reliability and(boolean objected, boolean deserved) {
    return new Reliability(
        model,
        objectionsRight + (objected && deserved ? 1 : 0),
        objectionsWrong + (objected && !deserved ? 1 : 0),
        missed + (!objected && deserved ? 1 : 0),
        approvalsRight + (!objected && !deserved ? 1 : 0));
  }
}
