package dev.flotilla.learning.gain;

import dev.flotilla.learning.DecisionTimes;
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
 * @param decisions how long one takes
 */
public record GainEvaluation(
    GainCurve crossValidated,
    @Nullable GainCurve fewLabels,
    GainCurve random,
    DecisionTimes decisions) {
  public static final int FEW = 1_500;

  private static final int DICE = 100;

  public static GainEvaluation of(List<RecordedPair> pairs) {
    List<GainCurve> folds = Withheld.folds(pairs).stream().map(GainCurve::of).toList();
    var few = new ArrayList<GainCurve>();
    for (int partition = 1;
        partition <= Withheld.PARTITIONS && pairs.size() >= 2 * FEW;
        partition++) {
      List<RecordedPair> shuffled = Withheld.shuffled(pairs, partition);
      few.add(
          GainCurve.of(
              Withheld.foretold(
                  GainModel.train(shuffled.subList(0, FEW)),
                  shuffled.subList(FEW, shuffled.size()))));
    }
    return new GainEvaluation(
        GainCurve.mean(folds),
        few.isEmpty() ? null : GainCurve.mean(few),
        random(pairs),
        DecisionTimes.of(
            pairs.stream().map(RecordedPair::prompt).toList(), GainModel.train(pairs)::gain));
  }

  private static GainCurve random(List<RecordedPair> pairs) {
    var dice = new Random(1);
    var curves = new ArrayList<GainCurve>();
    for (int i = 0; i < DICE; i++) {
      curves.add(
          GainCurve.of(pairs.stream().map(p -> new Withheld(p, dice.nextDouble())).toList()));
    }
    return GainCurve.mean(curves);
  }
}
