package dev.flotilla.learning.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.learning.gain.RecordedPair;
import dev.flotilla.learning.shadow.Learner.Stage;
import dev.flotilla.learning.shadow.LearnerRules;
import dev.flotilla.learning.shadow.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private static final LearnerRules RULES =
      LearnerRules.usual(Rules.USUAL.withWindow(1_000), 0.01, 0.75);

  /** Requests on which both are right or wrong together, but for a share that only one is. */
  private static List<RecordedPair> recorded(
      int count, double onlyStrong, double onlyCheap, String taskType) {
    var dice = new Random(11);
    var pairs = new ArrayList<RecordedPair>();
    for (int i = 0; i < count; i++) {
      double luck = dice.nextDouble();
      double both = dice.nextDouble() < 0.8 ? 1 : 0;
      double weak = luck < onlyStrong ? 0 : luck < onlyStrong + onlyCheap ? 1 : both;
      double strong = luck < onlyStrong ? 1 : luck < onlyStrong + onlyCheap ? 0 : both;
      pairs.add(
          new RecordedPair("about " + dice.nextInt(40) + " islands", weak, strong, taskType, ""));
    }
    return pairs;
  }

  private static Replay replay(List<RecordedPair> pairs, long seed) {
    return Replay.of(RecordedRequest.of(pairs), RULES, seed);
  }

  @Test
  void a_model_that_is_as_good_gets_nearly_all_requests() {
    Replay replay = replay(recorded(4_000, 0.005, 0.005, ""), 1);
    assertEquals(Stage.ALL_CHEAP, replay.events().getFirst().change().to());
    assertTrue(replay.lowest() >= 0.97, replay::toString);
    assertTrue(replay.costOfSecondHalf() < 0.10, replay::toString);
  }

  @Test
  void where_none_qualifies_it_says_so_and_shadows_stop() {
    Replay replay = replay(recorded(4_000, 0.5, 0.01, ""), 1);
    assertEquals(1, replay.events().size(), replay::toString);
    assertEquals(Stage.GAVE_UP, replay.events().getFirst().change().to());
    assertTrue(replay.events().getFirst().change().why().contains("no cheaper model qualifies"));
    assertEquals(500, replay.shadows());
    assertEquals(1, replay.costOfSecondHalf(), 1e-9);
    assertEquals(1, replay.lowest(), 1e-9);
  }

  @Test
  void each_kind_of_work_is_learned_by_itself() {
    var pairs = new ArrayList<>(recorded(2_000, 0.5, 0.01, "complex"));
    pairs.addAll(recorded(2_000, 0.005, 0.005, "bulk"));
    Replay replay = replay(pairs, 2);
    for (Replay.Event event : replay.events()) {
      assertEquals(
          event.kind().equals("bulk") ? Stage.ALL_CHEAP : Stage.GAVE_UP, event.change().to());
    }
    assertEquals(2, replay.events().size(), replay::toString);
  }

  @Test
  void the_same_seed_is_the_same_replay() {
    List<RecordedPair> pairs = recorded(1_500, 0.005, 0.005, "");
    assertEquals(replay(pairs, 5), replay(pairs, 5));
    assertNotEquals(replay(pairs, 5), replay(pairs, 6));
  }

  @Test
  void the_lowest_window_is_that_of_its_definition() {
    var course =
        new Course(
            new double[] {1, 0, 1, 1}, new double[] {1, 1, 1, 0}, new double[] {1, 1, 0.5, 0.1});
    assertEquals(0.5, course.lowest(2), 1e-9);
    assertEquals(1, course.quality(), 1e-9);
    assertEquals(0.3, course.costOfSecondHalf(), 1e-9);
  }
}
