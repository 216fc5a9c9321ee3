package dev.flotilla.learning.replay;

import dev.flotilla.learning.gain.RecordedPair;
import dev.flotilla.learning.linear.SparseVector;
import dev.flotilla.learning.text.PromptFeatures;
import java.util.List;

/**
 * A recorded pair, its prompt read once for all replays.
 *
 * @param features of the prompt
 */
record RecordedRequest(RecordedPair pair, SparseVector features) {
  static List<RecordedRequest> of(List<RecordedPair> pairs) {
    return pairs.stream()
        .map(pair -> new RecordedRequest(pair, PromptFeatures.ofSubject(pair.prompt())))
        .toList();
  }
}
