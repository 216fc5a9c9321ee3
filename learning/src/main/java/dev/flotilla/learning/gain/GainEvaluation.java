package dev.flotilla.learning.gain;

import dev.flotilla.learning.Folds;
import dev.flotilla.learning.gain.GainCurve.Foretold;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What is to be expected of a router between two models.
 *
 * @param crossValidated the mean of five folds of each of five partitions
 * @param fewLabels trained with {@link #FEW} labels and judged on all others, the mean of five
 *     times; null when there are not twice as many
 * @param random the mean of many routers that throw dice
 */
public record GainEvaluation(
    GainCurve crossValidated, @Nullable GainCurve fewLabels, GainCurve random) {
  public static final int FEW = 1_500;

  private static final int FOLDS = 5;

  /** Which prompts are in a fold together moves the figures of some hundred prompts. */
  private static final int PARTITIONS = 5;

  private static final int DICE = 100;

  public static GainEvaluation of(List<RecordedPair> pairs) {
    var folds = new ArrayList<GainCurve>();
    var few = new ArrayList<GainCurve>();
    for (int partition = 1; partition <= PARTITIONS; partition++) {
      List<RecordedPair> shuffled =
          Folds.shuffled(pairs.size(), partition).stream().map(pairs::get).toList();
      for (int fold = 0; fold < FOLDS; fold++) {
        folds.add(withheld(fold, shuffled));
      }
      if (shuffled.size() >= 2 * FEW) {
        few.add(
            judged(
                GainModel.train(shuffled.subList(0, FEW)), shuffled.subList(FEW, shuffled.size())));
      }
    }
    return new GainEvaluation(
        GainCurve.mean(folds), few.isEmpty() ? null : GainCurve.mean(few), random(pairs));
  }

  private static GainCurve withheld(int fold, List<RecordedPair> shuffled) {
    var seen = new ArrayList<RecordedPair>();
    var withheld = new ArrayList<RecordedPair>();
    for (int i = 0; i < shuffled.size(); i++) {
      (i % FOLDS == fold ? withheld : seen).add(shuffled.get(i));
    }
    return judged(GainModel.train(seen), withheld);
  }

  private static GainCurve judged(GainModel model, List<RecordedPair> withheld) {
    return GainCurve.of(
        withheld.stream().map(pair -> new Foretold(pair, model.gain(pair.prompt()))).toList());
  }

  private static GainCurve random(List<RecordedPair> pairs) {
    var dice = new Random(1);
    var curves = new ArrayList<GainCurve>();
    for (int i = 0; i < DICE; i++) {
      curves.add(
          GainCurve.of(pairs.stream().map(p -> new Foretold(p, dice.nextDouble())).toList()));
    }
    return GainCurve.mean(curves);
  }
}
