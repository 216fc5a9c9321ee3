package dev.flotilla.learning.replay;

import dev.flotilla.learning.Folds;
import dev.flotilla.learning.shadow.Learner;
import dev.flotilla.learning.shadow.Learner.Asked;
import dev.flotilla.learning.shadow.LearnerRules;
import dev.flotilla.learning.shadow.SeenPair;
import dev.flotilla.learning.shadow.ShadowedPair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;

/**
 * One stream of recorded requests through learners, one per kind of work.
 *
 * @param seed of the order and the dice
 * @param lowest quality of all runs of so many requests in a row as there are in a window, the
 *     flagship's being 1
 * @param quality of all answers, the flagship's being 1
 * @param costOfFirstHalf of a request, the flagship's being 1, shadows and audits included
 * @param costOfSecondHalf the same
 * @param cheap requests that the cheaper model answered alone
 * @param shadows requests that went to both, audits included
 * @param shadowCost what was spent to learn: on shadows, and on the flagship in audits; one of its
 *     answers is 1
 * @param events what the learners decided, in order
 */
public record Replay(
    long seed,
    double lowest,
    double quality,
    double costOfFirstHalf,
    double costOfSecondHalf,
    int cheap,
    int shadows,
    double shadowCost,
    List<Event> events) {
  /**
   * @param after so many requests of the stream
   * @param kind of work; "" when the record does not say
   */
  public record Event(int after, String kind, Learner.Change change) {}

  static Replay of(List<RecordedRequest> recorded, LearnerRules rules, long seed) {
    var learners = new HashMap<String, Learner>();
    var dice = new Random(seed);
    int count = recorded.size();
    double[] routed = new double[count];
    double[] strong = new double[count];
    double[] cost = new double[count];
    var events = new ArrayList<Event>();
    int shadows = 0;
    double shadowCost = 0;
    int cheap = 0;
    List<Integer> order = Folds.shuffled(count, seed);
    for (int i = 0; i < count; i++) {
      RecordedRequest request = recorded.get(order.get(i));
      var pair = request.pair();
      Learner learner = learners.computeIfAbsent(pair.taskType(), k -> new Learner(rules, dice));
      var choice = learner.choose(request.features(), pair.subset());
      strong[i] = pair.strong();
      routed[i] = choice.asked() == Asked.CHEAP ? pair.weak() : pair.strong();
      cost[i] =
          switch (choice.asked()) {
            case CHEAP -> rules.cheapCost();
            case STRONG -> 1;
            case BOTH -> 1 + rules.cheapCost();
          };
      cheap += choice.asked() == Asked.CHEAP ? 1 : 0;
      if (choice.asked() == Asked.BOTH) {
        shadows++;
        shadowCost += choice.inPart() ? 1 : rules.cheapCost();
        var change =
            learner.learn(
                new SeenPair(
                    request.features(),
                    pair.subset(),
                    new ShadowedPair(pair.weak(), pair.strong(), choice.propensity())),
                choice);
        if (change != null) {
          events.add(new Event(i + 1, pair.taskType(), change));
        }
      }
    }
    var course = new Course(routed, strong, cost);
    return new Replay(
        seed,
        course.lowest(rules.rules().window()),
        course.quality(),
        course.costOfFirstHalf(),
        course.costOfSecondHalf(),
        cheap,
        shadows,
        shadowCost,
        List.copyOf(events));
  }
}
