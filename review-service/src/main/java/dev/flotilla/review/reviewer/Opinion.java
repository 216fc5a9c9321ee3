package dev.flotilla.review.reviewer;

import dev.flotilla.judgement.finding.Finding;
import dev.flotilla.judgement.finding.Severity;
import java.math.BigDecimal;
import java.util.List;

/**
 * What a reviewer answered.
 *
 * @param score how good the artifact is, 0 to 1
 * @param confidence how sure the reviewer says it is, 0 to 1; not calibrated
 */
public record Opinion(
    Verdict verdict, BigDecimal score, BigDecimal confidence, List<Finding> findings) {
  public Opinion {
    findings = List.copyOf(findings);
  }

  public boolean seesBlocker() {
    return findings.stream().anyMatch(finding -> finding.severity() == Severity.BLOCKER);
  }
}
