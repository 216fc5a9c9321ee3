package dev.flotilla.judgement.evaluation;

import dev.flotilla.judgement.finding.Finding;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A finding and what a judge said of it.
 *
 * @param right whether it names a real issue, or repeats one
 * @param issues that it names; empty for repeats
 * @param cost US dollars; null when not known
 */
record RecordedFinding(
    String reviewer,
    Finding finding,
    boolean right,
    Set<Integer> issues,
    @Nullable BigDecimal cost) {
  RecordedFinding {
    issues = Collections.unmodifiableSortedSet(new TreeSet<>(issues));
  }
}
