package dev.flotilla.review.aggregation;

import dev.flotilla.judgement.finding.Cluster;
import java.math.BigDecimal;
import java.util.List;

/**
 * What reviewers found about one thing.
 *
 * @param notSaidBy ids of those who voted and did not say it; who abstained did not look
 * @param confidence noisy-or of how often those who say it are right, 0 to 1, 4 decimals
 */
public record MergedFinding(Cluster cluster, List<String> notSaidBy, BigDecimal confidence) {
  public MergedFinding {
    notSaidBy = List.copyOf(notSaidBy);
  }
}
