package dev.flotilla.learning.gain;

import dev.flotilla.learning.BadData;
import java.util.List;

/**
 * A model of what a stronger model brings, and what is to be expected of deciding by it. Start here
 * to decide. Thread-safe.
 *
 * @param weak the cheaper one of the two models whose answers were recorded
 * @param strong the other
 * @param pairs how many prompts both had answered
 * @param trainedOn which data, in words and by hash
 */
public record MeasuredGain(
    GainModel model, String weak, String strong, int pairs, String trainedOn, KeptQuality kept) {
  /** Of fewer nothing can be learned that is not luck. */
  private static final int FEWEST_PAIRS = 50;

  /**
   * Learns from recorded answers, and judges on those that were withheld. The same data gives the
   * same model.
   *
   * @throws BadData when nothing can be learned from them
   */
  public static MeasuredGain of(RecordedPair.Recorded recorded, String trainedOn) throws BadData {
    List<RecordedPair> pairs = recorded.pairs();
    if (pairs.size() < FEWEST_PAIRS) {
      throw new BadData(
          "there are %d prompts that both models answered; record at least %d, better some thousand"
              .formatted(pairs.size(), FEWEST_PAIRS));
    }
    if (pairs.stream().mapToDouble(RecordedPair::gain).sum() <= 0) {
      throw new BadData(
          "%s was on average no better than %s, so there is no gain to foretell; record a stronger model"
              .formatted(recorded.strong(), recorded.weak()));
    }
    return new MeasuredGain(
        GainModel.train(pairs),
        recorded.weak(),
        recorded.strong(),
        pairs.size(),
        trainedOn,
        KeptQuality.of(Withheld.folds(pairs).stream().flatMap(List::stream).toList()));
  }

  /** How much better the strong model's answer is expected to be, as thresholds are: −1 to 1. */
  public double gain(String prompt) {
    return KeptQuality.rounded(model.gain(prompt));
  }
}
