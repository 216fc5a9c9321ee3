package dev.flotilla.learning.confidence;

/**
 * What is done with an answer whose second one is there already.
 *
 * @param second whether the second one would have been asked for
 */
record Decision(boolean accepted, boolean second) {
  static Decision of(Calibration calibration, Thresholds thresholds, Features features) {
    var alone = new Features(features.logprob(), null, features.stated());
    return switch (calibration.look(alone, thresholds)) {
      case ACCEPTED -> new Decision(true, false);
      case REFUSED -> new Decision(false, false);
      case UNDECIDED ->
          new Decision(
              features.agreement() != null
                  && calibration.look(features, thresholds) == Calibration.Look.ACCEPTED,
              true);
    };
  }
}
