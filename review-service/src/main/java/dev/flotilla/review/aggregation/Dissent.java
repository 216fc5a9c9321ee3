package dev.flotilla.review.aggregation;

import dev.flotilla.judgement.finding.Finding;
import dev.flotilla.review.reviewer.Verdict;
import java.util.List;

/**
 * What somebody said who was not followed.
 *
 * @param reviewer id of the seat
 * @param findings all of that reviewer's
 */
public record Dissent(String reviewer, Verdict verdict, List<Finding> findings) {
  public Dissent {
    findings = List.copyOf(findings);
  }
}
