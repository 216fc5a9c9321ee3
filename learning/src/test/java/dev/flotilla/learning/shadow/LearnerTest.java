package dev.flotilla.learning.shadow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.learning.linear.SparseVector;
import dev.flotilla.learning.shadow.Learner.Asked;
import dev.flotilla.learning.shadow.Learner.Stage;
import dev.flotilla.learning.text.PromptFeatures;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LearnerTest {
  private static final LearnerRules RULES = LearnerRules.usual(Rules.USUAL, 0.01, 0.75);
  private static final SparseVector EASY = PromptFeatures.ofSubject("the capital of the island");
  private static final SparseVector HARD = PromptFeatures.ofSubject("integral over a lattice");

  private final Random dice = new Random(7);
  private final Learner learner = new Learner(RULES, new Random(8));
  private final List<Stage> stages = new ArrayList<>();

  /** What the cheaper model can do: the shares of easy and hard requests it gets right. */
  private void ask(int requests, double easy, double hard) {
    for (int i = 0; i < requests; i++) {
      boolean isHard = dice.nextBoolean();
      SparseVector features = isHard ? HARD : EASY;
      double cheap = dice.nextDouble() < (isHard ? hard : easy) ? 1 : 0;
      double strong = dice.nextDouble() < 0.99 ? 1 : 0;
      var choice = learner.choose(features, "");
      if (choice.asked() == Asked.BOTH) {
        var pair = new ShadowedPair(cheap, strong, choice.propensity());
        var change = learner.learn(new SeenPair(features, "", pair), choice);
        if (change != null) {
          stages.add(change.to());
        }
      }
    }
  }

  @Test
  void a_model_that_got_worse_loses_all_requests() {
    ask(2_000, 0.99, 0.99);
    assertEquals(List.of(Stage.ALL_CHEAP), stages);
    ask(2_000, 0.6, 0.6);
    assertEquals(Stage.LEARNING, stages.get(1));
  }

  @Test
  void a_model_that_is_good_at_some_requests_gets_no_more_of_them_than_asked_for() {
    ask(2_000, 0.99, 0.3);
    assertEquals(List.of(Stage.PART_CHEAP), stages);
    int cheap = 0;
    int hard = 0;
    for (int i = 0; i < 2_000; i++) {
      boolean isHard = dice.nextBoolean();
      if (learner.choose(isHard ? HARD : EASY, "").asked() == Asked.CHEAP) {
        cheap++;
        hard += isHard ? 1 : 0;
      }
    }
    assertTrue(cheap > 400 && cheap < 600, cheap + " of 2000");
    assertEquals(0, hard);
    ask(4_000, 0.3, 0.3);
    assertEquals(Stage.LEARNING, stages.get(1));
  }

  @Test
  void shadows_beside_a_part_notice_that_the_model_got_worse() {
    ask(2_000, 0.99, 0.3);
    assertEquals(List.of(Stage.PART_CHEAP), stages);
    ask(4_000, 0.99, 0);
    assertEquals(Stage.LEARNING, stages.get(1));
  }

  @Test
  void chance_does_not_take_a_part_back() {
    ask(20_000, 0.99, 0.3);
    assertEquals(List.of(Stage.PART_CHEAP), stages);
  }
}
