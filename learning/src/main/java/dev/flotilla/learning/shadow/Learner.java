package dev.flotilla.learning.shadow;

import dev.flotilla.learning.linear.SparseVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Finds out for one kind of work whether a cheaper model is good enough: for all of it, for a part
 * of it, or not at all. Until it knows, the flagship answers and the cheaper model is asked beside
 * it. One thread at a time.
 */
public final class Learner {
  /** How much more pairs there must be until a part is looked for again. */
  private static final double WHILE_FEW = 2;

  private static final double WHILE_MANY = 1.03;

  /** With so many pairs a smaller part than wanted is taken, too, or the search is given up. */
  private static final int PATIENCE = 5_000;

  /** Older pairs are forgotten. */
  private static final int MOST_PAIRS = 6_000;

  /** What a learner does at present. */
  public enum Stage {
    LEARNING,
    ALL_CHEAP,
    PART_CHEAP,
    GAVE_UP
  }

  /** Who answers. Of both the flagship's answer is given. */
  public enum Asked {
    CHEAP,
    STRONG,
    BOTH
  }

  /**
   * Who is to be asked.
   *
   * @param propensity the probability with which both were to be asked; 0 to 1
   * @param inPart whether the request is in the part that a cheaper model has
   */
  public record Choice(Asked asked, double propensity, boolean inPart) {}

  /** What changed, for people. */
  public record Change(Stage to, String why) {}

  /**
   * A part that a cheaper model has.
   *
   * @param allowed how much of the cheaper model's loss in the part keeps the target
   */
  private record Part(Foresight foresight, Dial dial, double allowed) {}

  private final LearnerRules rules;
  private final RandomGenerator dice;
  private final List<SeenPair> pairs = new ArrayList<>();
  private Stage stage = Stage.LEARNING;
  private Evidence whole = Evidence.NONE;
  private Evidence ofPart = Evidence.NONE;
  private Evidence ofRest = Evidence.NONE;
  private @Nullable Part part;
  private long learned;
  private double nextSearch;

  public Learner(LearnerRules rules, RandomGenerator dice) {
    this.rules = rules;
    this.dice = dice;
    this.nextSearch = rules.split().fewestPairs();
  }

  public Stage stage() {
    return stage;
  }

  /**
   * Who answers the next request.
   *
   * @param subject as in {@link SeenPair}
   */
  public Choice choose(SparseVector features, String subject) {
    return switch (stage) {
      case GAVE_UP -> new Choice(Asked.STRONG, 0, false);
      case LEARNING -> thrown(rules.shadows(), Asked.STRONG, false);
      case ALL_CHEAP -> thrown(rules.audits(), Asked.CHEAP, true);
      case PART_CHEAP ->
          part != null && part.dial().isBelow(part.foresight().loss(features, subject))
              ? thrown(rules.audits(), Asked.CHEAP, true)
              : thrown(rules.shadowsBesidePart(), Asked.STRONG, false);
    };
  }

  private Choice thrown(double propensity, Asked otherwise, boolean inPart) {
    Asked asked = dice.nextDouble() < propensity ? Asked.BOTH : otherwise;
    return new Choice(asked, propensity, inPart);
  }

  /**
   * Both answered a request.
   *
   * @param choice what was said of it
   * @return what changed; null when nothing did
   */
  public @Nullable Change learn(SeenPair pair, Choice choice) {
    return switch (stage) {
      case LEARNING -> {
        keep(pair);
        whole = whole.with(pair.pair(), rules.rules());
        yield whole.standing() == Standing.PROMOTED
            ? to(Stage.ALL_CHEAP, "good enough for all: " + said(whole.bounds(rules.rules())))
            : search();
      }
      case ALL_CHEAP -> {
        whole = whole.with(pair.pair(), rules.rules());
        yield whole.standing() == Standing.PROMOTED
            ? null
            : startAnew("not good enough any more for all");
      }
      case PART_CHEAP -> part == null ? null : goOn(part, pair, choice.inPart());
      case GAVE_UP -> null;
    };
  }

  /**
   * A part is in use. The few pairs of it say whether it is still good enough; so do the many
   * beside it, which cost little, by how much more is lost there than was foretold.
   */
  private @Nullable Change goOn(Part used, SeenPair pair, boolean inPart) {
    if (inPart) {
      ofPart = ofPart.with(used.allowed() - pair.gain(), 1, rules.rules());
    } else {
      double better = used.foresight().foretoldBeyond(pair);
      ofRest = ofRest.with(Math.clamp(used.allowed() + better, -1, 1), 1, rules.rules());
    }
    if (ofPart.standing() != Standing.PROMOTED) {
      return startAnew("not good enough any more for its part");
    }
    if (ofRest.standing() != Standing.PROMOTED) {
      return startAnew("worse than it was foretold to be");
    }
    return null;
  }

  private void keep(SeenPair pair) {
    learned++;
    pairs.add(pair);
    if (pairs.size() > MOST_PAIRS) {
      pairs.removeFirst();
    }
  }

  private @Nullable Change search() {
    if (learned < nextSearch) {
      return null;
    }
    boolean enough = learned >= rules.pairsBeforePart();
    nextSearch =
        enough ? learned * WHILE_MANY : Math.min(learned * WHILE_FEW, rules.pairsBeforePart());
    return switch (Split.of(pairs, rules.split())) {
      case Split.Found found when enough && isAsWanted(found) -> take(found);
      case Split.Hopeless _ when whole.standing() == Standing.REJECTED ->
          to(
              Stage.GAVE_UP,
              "no cheaper model qualifies: not for all, and not for a tenth of the requests");
      case Split.NotYet _ when learned >= PATIENCE ->
          to(Stage.GAVE_UP, "no cheaper model qualifies: no part in " + learned + " pairs");
      case Split.Found _, Split.Hopeless _, Split.NotYet _ -> null;
    };
  }

  private boolean isAsWanted(Split.Found found) {
    return found.share() >= rules.split().largestShare() || learned >= PATIENCE;
  }

  private Change take(Split.Found found) {
    double strong = pairs.stream().mapToDouble(p -> p.pair().strong()).average().orElse(0);
    part =
        new Part(
            found.foresight(),
            new Dial(found.share(), found.cutoff()),
            Math.min(1, (1 - rules.rules().target()) * strong / found.share()));
    ofPart = Evidence.NONE.as(Standing.PROMOTED);
    ofRest = Evidence.NONE.as(Standing.PROMOTED);
    return to(
        Stage.PART_CHEAP,
        "good enough for %.0f %% of the requests: %s"
            .formatted(100 * found.share(), said(found.kept())));
  }

  /** What was learned holds no more: only new pairs count. */
  private Change startAnew(String why) {
    whole = Evidence.NONE;
    part = null;
    pairs.clear();
    learned = 0;
    nextSearch = rules.split().fewestPairs();
    return to(Stage.LEARNING, why);
  }

  private Change to(Stage next, String why) {
    stage = next;
    return new Change(next, why);
  }

  private static String said(Bounds kept) {
    return String.format(
        Locale.ROOT,
        "%+.3f above the target, %+.3f to %+.3f",
        kept.mean(),
        kept.lower(),
        kept.upper());
  }
}
