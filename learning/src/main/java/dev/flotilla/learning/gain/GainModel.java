package dev.flotilla.learning.gain;

import dev.flotilla.learning.linear.RidgeRegression;
import dev.flotilla.learning.linear.SparseVector;
import dev.flotilla.learning.text.PromptFeatures;
import java.util.List;

/**
 * What a stronger model would bring for a prompt. Rare features count more (inverse document
 * frequency): they tell subjects apart. Thread-safe.
 *
 * @param rarity by place, 0 where nothing was learned
 */
public record GainModel(double[] rarity, RidgeRegression regression) {
  private static final double PRIOR = 6;

  public static GainModel train(List<RecordedPair> pairs) {
    return train(
        pairs.stream().map(pair -> PromptFeatures.ofSubject(pair.prompt())).toList(),
        pairs.stream().mapToDouble(RecordedPair::gain).toArray());
  }

  /**
   * Learns from prompts that were read before.
   *
   * @param features of {@link PromptFeatures#ofSubject}
   * @param gains as many
   */
  public static GainModel train(List<SparseVector> features, double[] gains) {
    double[] rarity = new double[PromptFeatures.SUBJECT_PLACES];
    for (SparseVector each : features) {
      for (int place : each.places()) {
        rarity[place]++;
      }
    }
    for (int i = 0; i < rarity.length; i++) {
      rarity[i] = rarity[i] == 0 ? 0 : Math.log((1.0 + features.size()) / rarity[i]);
    }
    return new GainModel(
        rarity,
        RidgeRegression.train(
            features.stream().map(each -> each.weighted(rarity)).toList(),
            gains,
            PromptFeatures.SUBJECT_PLACES,
            PRIOR));
  }

  /** How much better the stronger model's answer is expected to be, −1 to 1. */
  public double gain(String prompt) {
    return gain(PromptFeatures.ofSubject(prompt));
  }

  /** The same for a prompt that was read by {@link PromptFeatures#ofSubject} before. */
  public double gain(SparseVector features) {
    return regression.foretell(features.weighted(rarity));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GainModel that && regression.equals(that.regression);
  }

  @Override
  public int hashCode() {
    return regression.hashCode();
  }

  @Override
  public String toString() {
    return "gain " + regression.mean() + " on average";
  }
}
