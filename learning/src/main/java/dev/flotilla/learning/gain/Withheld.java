package dev.flotilla.learning.gain;

import dev.flotilla.learning.Folds;
import java.util.ArrayList;
import java.util.List;

/** Gains foretold by models that had not seen the prompt. */
record Withheld(RecordedPair pair, double gain) {
  private static final int FOLDS = 5;

  /** Which prompts are in a fold together moves the figures of some hundred prompts. */
  static final int PARTITIONS = 5;

  /** Each fold of each partition. */
  static List<List<Withheld>> folds(List<RecordedPair> pairs) {
    var folds = new ArrayList<List<Withheld>>();
    for (int partition = 1; partition <= PARTITIONS; partition++) {
      List<RecordedPair> shuffled = shuffled(pairs, partition);
      for (int fold = 0; fold < FOLDS; fold++) {
        var seen = new ArrayList<RecordedPair>();
        var withheld = new ArrayList<RecordedPair>();
        for (int i = 0; i < shuffled.size(); i++) {
          (i % FOLDS == fold ? withheld : seen).add(shuffled.get(i));
        }
        folds.add(foretold(GainModel.train(seen), withheld));
      }
    }
    return folds;
  }

  static List<RecordedPair> shuffled(List<RecordedPair> pairs, int partition) {
    return Folds.shuffled(pairs.size(), partition).stream().map(pairs::get).toList();
  }

  static List<Withheld> foretold(GainModel model, List<RecordedPair> withheld) {
    return withheld.stream().map(pair -> new Withheld(pair, model.gain(pair.prompt()))).toList();
  }
}
