package dev.flotilla.learning.shadow;

import dev.flotilla.learning.gain.GainModel;
import dev.flotilla.learning.linear.SparseVector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the cheaper model would lose on a request, and how much chance there is in it. Thread-safe.
 *
 * @param caution how much a request counts on which the two are likely to differ either way
 * @param subjects how much more than foretold is lost on subjects, drawn to 0 where little is known
 */
public record Foresight(
    GainModel gain, GainModel disagreement, double caution, Map<String, Double> subjects) {
  /** So many pairs of a subject count as much as what is foretold from the prompt alone. */
  private static final double PRIOR_PAIRS = 30;

  public Foresight {
    subjects = Map.copyOf(subjects);
  }

  static Foresight train(List<SeenPair> pairs, double caution) {
    List<SparseVector> features = pairs.stream().map(SeenPair::features).toList();
    return new Foresight(
        GainModel.train(features, pairs.stream().mapToDouble(SeenPair::gain).toArray()),
        GainModel.train(features, pairs.stream().mapToDouble(p -> Math.abs(p.gain())).toArray()),
        caution,
        Map.of());
  }

  Foresight withSubjects(Map<String, Double> learned) {
    return new Foresight(gain, disagreement, caution, learned);
  }

  /** Low where the cheaper model is good enough. */
  public double loss(SparseVector features, String subject) {
    return gain.gain(features)
        + caution * disagreement.gain(features)
        + subjects.getOrDefault(subject, 0.0);
  }

  /**
   * What is left of the loss by subject after what was foretold.
   *
   * @param foretold for each pair by a model that had not seen it
   * @param fold of each pair
   * @param without a fold that is left out; −1 for none
   */
  static Map<String, Double> subjects(
      List<SeenPair> pairs, double[] foretold, double caution, int[] fold, int without) {
    var left = new HashMap<String, Double>();
    var weight = new HashMap<String, Double>();
    for (int i = 0; i < foretold.length; i++) {
      SeenPair pair = pairs.get(i);
      if (fold[i] != without && !pair.subject().isEmpty()) {
        double lost = pair.gain() + caution * Math.abs(pair.gain());
        left.merge(pair.subject(), lost - foretold[i], Double::sum);
        weight.merge(pair.subject(), 1.0, Double::sum);
      }
    }
    left.replaceAll((subject, sum) -> sum / (weight.getOrDefault(subject, 0.0) + PRIOR_PAIRS));
    return left;
  }
}
