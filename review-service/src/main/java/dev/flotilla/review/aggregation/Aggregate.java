package dev.flotilla.review.aggregation;

import dev.flotilla.judgement.Check;
import dev.flotilla.review.reviewer.Verdict;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A decision and what it rests on.
 *
 * @param votes how many chose each verdict; every verdict is in it
 * @param abstained how many of the panel did not vote
 * @param score mean of the votes' scores, 0 to 1, 4 decimals; null without votes
 * @param agreement share of the panel, abstentions included, that chose the most chosen verdict, 0
 *     to 1, 4 decimals
 * @param findings everything that was found, the worst first
 * @param dissent of reviewers whose verdict is not the decision; on an escalation, not the proposal
 * @param reasons why it was decided like this, in sentences, at least one
 * @param checks as they were handed in
 */
public record Aggregate(
    Decision decision,
    Map<Verdict, Integer> votes,
    int abstained,
    @Nullable BigDecimal score,
    BigDecimal agreement,
    List<MergedFinding> findings,
    List<Dissent> dissent,
    List<String> reasons,
    List<Check> checks) {
  public Aggregate {
    votes = Map.copyOf(votes);
    findings = List.copyOf(findings);
    dissent = List.copyOf(dissent);
    reasons = List.copyOf(reasons);
    checks = List.copyOf(checks);
  }
}
