package dev.flotilla.judgement.reliability;

/** How sure something is that several say, each of whom may be wrong on their own. */
public final class NoisyOr {
  private NoisyOr() {}

  /**
   * One less the chance that all of them are wrong; 0 when nobody says it.
   *
   * @param reliabilities of those who say it, each from 0 to 1
   */
  public static double of(double... reliabilities) {
    double allWrong = 1;
    for (double reliability : reliabilities) {
      if (!(reliability >= 0 && reliability <= 1)) {
        throw new IllegalArgumentException(reliability + " is no reliability from 0 to 1");
      }
      allWrong *= 1 - reliability;
    }
    return 1 - allWrong;
  }
}
