package dev.flotilla.learning.shadow;

import dev.flotilla.learning.gain.GainModel;
import dev.flotilla.learning.linear.SparseVector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the cheaper model would lose on a request, and how much chance there is in it. Thread-safe.
 *
 * @param ofPrompts what is foretold from the prompt alone
 * @param caution how much a request counts on which the two are likely to differ either way
 * @param subjects how much more than foretold is lost on subjects, drawn to 0 where little is known
 */
public record Foresight(GainModel ofPrompts, double caution, Map<String, Double> subjects) {
  private static final int FOLDS = 5;

  /** So many pairs of a subject count as much as what is foretold from the prompt alone. */
  private static final double PRIOR_PAIRS = 30;

  public Foresight {
    subjects = Map.copyOf(subjects);
  }

  /**
   * What was foretold of each pair by those that had not seen it.
   *
   * @param losses by pair
   */
  record Withheld(List<SeenPair> pairs, double caution, double[] ofPrompts, double[] losses) {
    /** The one that has seen all pairs. */
    Foresight ofAll() {
      return new Foresight(
          model(pairs, caution), caution, Foresight.subjects(pairs, ofPrompts, caution, -1));
    }
  }

  static Withheld withheld(List<SeenPair> pairs, double caution) {
    double[] ofPrompts = new double[pairs.size()];
    for (int fold = 0; fold < FOLDS; fold++) {
      var others = new ArrayList<SeenPair>();
      for (int i = 0; i < ofPrompts.length; i++) {
        if (i % FOLDS != fold) {
          others.add(pairs.get(i));
        }
      }
      GainModel model = model(others, caution);
      for (int i = fold; i < ofPrompts.length; i += FOLDS) {
        ofPrompts[i] = model.gain(pairs.get(i).features());
      }
    }
    double[] losses = ofPrompts.clone();
    for (int fold = 0; fold < FOLDS; fold++) {
      Map<String, Double> subjects = subjects(pairs, ofPrompts, caution, fold);
      for (int i = fold; i < losses.length; i += FOLDS) {
        losses[i] += subjects.getOrDefault(pairs.get(i).subject(), 0.0);
      }
    }
    return new Withheld(pairs, caution, ofPrompts, losses);
  }

  private static GainModel model(List<SeenPair> pairs, double caution) {
    return GainModel.train(
        pairs.stream().map(SeenPair::features).toList(),
        pairs.stream().mapToDouble(pair -> loss(pair, caution)).toArray());
  }

  private static double loss(SeenPair pair, double caution) {
    return pair.gain() + caution * Math.abs(pair.gain());
  }

  /** Low where the cheaper model is good enough. */
  public double loss(SparseVector features, String subject) {
    return ofPrompts.gain(features) + subjects.getOrDefault(subject, 0.0);
  }

  /** How much more was foretold to be lost on a request than was lost. */
  double foretoldBeyond(SeenPair pair) {
    return loss(pair.features(), pair.subject()) - loss(pair, caution);
  }

  /**
   * What is left of the loss by subject after what was foretold.
   *
   * @param foretold for each pair by a model that had not seen it
   * @param without a fold that is left out; −1 for none
   */
  private static Map<String, Double> subjects(
      List<SeenPair> pairs, double[] foretold, double caution, int without) {
    var left = new HashMap<String, Double>();
    var weight = new HashMap<String, Double>();
    for (int i = 0; i < foretold.length; i++) {
      SeenPair pair = pairs.get(i);
      if (i % FOLDS != without && !pair.subject().isEmpty()) {
        left.merge(pair.subject(), loss(pair, caution) - foretold[i], Double::sum);
        weight.merge(pair.subject(), 1.0, Double::sum);
      }
    }
    left.replaceAll((subject, sum) -> sum / (weight.getOrDefault(subject, 0.0) + PRIOR_PAIRS));
    return left;
  }
}
