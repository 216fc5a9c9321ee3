package dev.flotilla.learning.confidence;

import dev.flotilla.learning.confidence.ConfidenceTraining.Scored;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where answers may be accepted from. */
final class Acceptance {
  /** Of how many thresholds the best is taken: those that accept a tenth, two tenths … all. */
  private static final int CANDIDATES = 10;

  /**
   * How likely it may be that chance alone makes any of the candidates look good enough. Divided
   * among them (Bonferroni), because the best of ten lucky ones is still lucky.
   */
  private static final double LUCK = 0.05;

  private Acceptance() {}

  /**
   * The score from which on the wanted share is good, so that most are accepted; null when the data
   * shows it of none. Exact binomial test: were a smaller share good, so many good ones among those
   * accepted would be unlikely.
   */
  static @Nullable Double from(
      List<Scored> answers, Function<Scored, @Nullable Double> score, double wanted) {
    List<Scored> sorted =
        answers.stream()
            .filter(each -> score.apply(each) != null)
            .sorted(Comparator.comparingDouble((Scored each) -> of(each, score)).reversed())
            .toList();
    for (int tenths = CANDIDATES; tenths > 0; tenths--) {
      int last = (int) Math.ceil(sorted.size() * (double) tenths / CANDIDATES) - 1;
      if (last < 0) {
        return null;
      }
      double threshold = of(sorted.get(last), score);
      List<Scored> accepted = sorted.stream().filter(each -> of(each, score) >= threshold).toList();
      int good = (int) accepted.stream().filter(each -> each.answer().good()).count();
      if (atLeast(good, accepted.size(), wanted) <= LUCK / CANDIDATES) {
        return threshold;
      }
    }
    return null;
  }

  private static double of(Scored answer, Function<Scored, @Nullable Double> score) {
    return Objects.requireNonNull(score.apply(answer));
  }

  /** How likely so many or more of them are good when each is with this probability. */
  static double atLeast(int good, int of, double probability) {
    double sum = 0;
    double logarithm = of * Math.log(probability);
    // From all of them downwards, because what is asked is near there.
    for (int k = of; k >= good; k--) {
      sum += Math.exp(logarithm);
      logarithm +=
          Math.log(k) - Math.log(of - k + 1.0) + Math.log1p(-probability) - Math.log(probability);
    }
    return sum;
  }
}
