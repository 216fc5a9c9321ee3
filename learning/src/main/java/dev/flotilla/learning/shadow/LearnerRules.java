package dev.flotilla.learning.shadow;

/**
 * How a learner finds out and what it may spend on it.
 *
 * @param rules for a model as a whole; their window and confidence hold for a part, too
 * @param cheapCost what an answer of the cheaper model costs, the flagship's being 1; 0 to 1
 * @param costGoal the cost that is asked for, the flagship's being 1: no more requests than this
 *     takes go to a model that is not good enough as a whole, since each takes some quality. 0: as
 *     cheap as the target lets it be
 * @param learningBudget what shadows may cost while nothing is decided, as a share of the
 *     flagship's cost
 * @param audits the share of requests for the cheaper model that both answer; the flagship's is
 *     given, which is dear but takes no quality
 */
public record LearnerRules(
    Rules rules, double cheapCost, double costGoal, double learningBudget, double audits) {
  private static final double SMALLEST_SHARE = 0.10;
  private static final int FEWEST_FOR_SPLIT = 500;

  /** What a cost goal is undercut by, since dice and prompts are not even. */
  private static final double UNDERCUT = 0.006;

  /** What shadows beside a part may cost while it is in use, as a share of the flagship's cost. */
  private static final double BESIDE_PART = 0.001;

  /**
   * With three windows of pairs a part is known better than one window of it is moved by chance.
   */
  private static final int WINDOWS = 3;

  public LearnerRules {
    between(cheapCost, 0, 1, "cost of the cheaper model", "0.05");
    between(costGoal, 0, 1, "cost goal", "0.75");
    between(learningBudget, 0.0001, 1, "learning budget", "0.05");
    between(audits, 0.001, 0.5, "share of audits", "0.05");
  }

  /** Shadows for 5 % of the flagship's cost, and 2 % of what the cheaper model gets is audited. */
  public static LearnerRules usual(Rules rules, double cheapCost, double costGoal) {
    return new LearnerRules(rules, cheapCost, costGoal, 0.05, 0.02);
  }

  private static void between(double is, double from, double to, String what, String example) {
    if (!(is >= from && is <= to)) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " is "
              + is
              + ", but must be from "
              + from
              + " to "
              + to
              + "; try "
              + example);
    }
  }

  /** Of requests while nothing is decided. */
  double shadows() {
    return cheapCost <= learningBudget ? 1 : learningBudget / cheapCost;
  }

  /** Of requests that are not in the part in use. */
  double shadowsBesidePart() {
    return cheapCost <= BESIDE_PART ? 1 : BESIDE_PART / cheapCost;
  }

  /** Fewer pairs show that a part is hopeless, but not that it is good enough. */
  int pairsBeforePart() {
    return Math.max(FEWEST_FOR_SPLIT, WINDOWS * rules.window());
  }

  SplitRules split() {
    double beside = shadowsBesidePart() * cheapCost;
    // What a request in the part saves beside one that is not: nothing when it is audited.
    double saved = (1 - audits) * (1 - cheapCost) - audits * cheapCost + beside;
    double wanted = (1 - costGoal + UNDERCUT + beside) / Math.max(1e-9, saved);
    double largest = costGoal == 0 ? 1 : Math.clamp(wanted, SMALLEST_SHARE, 1);
    return new SplitRules(
        rules.target(),
        rules.confidence(),
        rules.window(),
        FEWEST_FOR_SPLIT,
        SMALLEST_SHARE,
        largest);
  }
}
