package dev.flotilla.learning.replay;

import dev.flotilla.learning.gain.RecordedPair;
import dev.flotilla.learning.shadow.LearnerRules;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a learner makes of recorded answers, in several orders of the same requests.
 *
 * @param replays by seed, from 1
 */
public record ReplayReport(LearnerRules rules, List<Replay> replays) {
  /** Fewer requests make one window of all of them. */
  private static final int WINDOW = 1_000;

  public ReplayReport {
    replays = List.copyOf(replays);
  }

  /** How many requests in a row must keep the target. */
  public static int window(int requests) {
    return Math.min(WINDOW, requests);
  }

  /**
   * @param pairs the requests
   * @param seeds in how many orders, at least 1
   */
  public static ReplayReport of(List<RecordedPair> pairs, LearnerRules rules, int seeds) {
    List<RecordedRequest> requests = RecordedRequest.of(pairs);
    List<Replay> replays =
        IntStream.rangeClosed(1, seeds)
            .parallel()
            .mapToObj(seed -> Replay.of(requests, rules, seed))
            .toList();
    return new ReplayReport(rules, replays);
  }

  /** In how many orders no window was below the target. */
  public long held() {
    return replays.stream().filter(replay -> replay.lowest() >= rules.rules().target()).count();
  }

  /** In how many orders the second half was as cheap as asked for. */
  public long cheapEnough() {
    return replays.stream().filter(replay -> replay.costOfSecondHalf() <= rules.costGoal()).count();
  }

  /** In how many orders both are so. */
  public long both() {
    return replays.stream()
        .filter(replay -> replay.lowest() >= rules.rules().target())
        .filter(replay -> replay.costOfSecondHalf() <= rules.costGoal())
        .count();
  }
}
