package dev.flotilla.review.policy;

/**
 * What blockers that several reviewers see do to votes. A blocker that one reviewer sees alone
 * always goes to a person.
 *
 * @param blockers how many reviewers must see one, at least 2
 * @param then what happens
 */
public record Veto(int blockers, Then then) {
  /** For policies that say nothing about it. */
  public static final Veto USUAL = new Veto(2, Then.ESCALATE);

  /** What several blockers lead to. */
  public enum Then {
    /** An approval goes to a person; other decisions stand. */
    ESCALATE,
    /** Changes are requested whatever the votes say, unless they reject. */
    REQUEST_CHANGES
  }
}
