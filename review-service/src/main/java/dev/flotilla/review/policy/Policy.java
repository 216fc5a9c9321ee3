package dev.flotilla.review.policy;

import java.time.Duration;
import java.util.List;

/**
 * How a review is decided.
 *
 * @param name of its file, without the ending
 * @param version hash of the file's content: the same votes and version give the same decision
 * @param content the file, kept beside decisions so that each can be replayed
 * @param panelSize how many reviewers are asked, at least 1
 * @param prefer names of models in the order in which they are asked when the caller names nobody
 * @param agree equal votes that make a decision, more than half of the panel and at most all of it
 * @param people who decides what the panel cannot
 * @param mergeAt how similar findings must be to be one, above 0 and at most 1
 */
public record Policy(
    String name,
    String version,
    String content,
    int panelSize,
    Independence independence,
    List<String> prefer,
    int agree,
    Escalating people,
    Rule rule,
    Veto veto,
    Weights weights,
    double mergeAt,
    Rounds rounds) {
  /**
   * Who decides what a panel cannot.
   *
   * @param queue where they look
   * @param within how long they have
   * @param onTimeout what holds then: {@code approve}, {@code request_changes} or {@code reject}
   */
  public record Escalating(String queue, Duration within, String onTimeout) {
    /** For policies that say nothing about it. */
    public static final Escalating USUAL = new Escalating("reviews", Duration.ofDays(7), "reject");
  }

  /** For policies that say nothing about it; docs/reference/review-evaluation.md. */
  static final double USUAL_MERGE_AT = 0.2;

  public Policy {
    prefer = List.copyOf(prefer);
  }
}
