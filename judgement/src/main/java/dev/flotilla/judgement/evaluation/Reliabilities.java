package dev.flotilla.judgement.evaluation;

import dev.flotilla.judgement.reliability.Reliability;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** How often each reviewer is right. Immutable. */
public final class Reliabilities {
  /** Findings that what is usual counts for. */
  private static final double WEIGHT = 10;

  private final Map<String, Reliability> byReviewer = new TreeMap<>();
  private final double usual;

  private Reliabilities(List<PullRequest> requests) {
    for (PullRequest request : requests) {
      for (String reviewer : new TreeSet<>(request.reviewers())) {
        var found = new HashSet<Integer>();
        int right = 0;
        int said = 0;
        for (RecordedFinding finding : request.findings()) {
          if (finding.reviewer().equals(reviewer)) {
            said++;
            right += finding.right() ? 1 : 0;
            found.addAll(finding.issues());
          }
        }
        byReviewer.merge(
            reviewer,
            new Reliability(right, said, found.size(), request.issues().size()),
            Reliability::plus);
      }
    }
    Reliability all = byReviewer.values().stream().reduce(Reliability.UNKNOWN, Reliability::plus);
    // Drawn to a half by one finding, so that it is never 0 or 1.
    this.usual = all.precision(0.5, 1);
  }

  static Reliabilities of(List<PullRequest> requests) {
    return new Reliabilities(requests);
  }

  /** The share of findings that are right; of a reviewer nobody knows, what is usual. */
  double precision(String reviewer) {
    return byReviewer.getOrDefault(reviewer, Reliability.UNKNOWN).precision(usual, WEIGHT);
  }

  /**
   * The place of the finding that says best what all of them say: the most similar to those of the
   * others, each weighing as much as its reviewer is reliable.
   */
  int central(PullRequest of, List<Integer> members) {
    int best = members.getFirst();
    double most = -1;
    for (int one : members) {
      double sum = 0;
      for (int other : members) {
        sum += precision(of.reviewers().get(other)) * of.similarity().of(one, other);
      }
      if (sum > most) {
        most = sum;
        best = one;
      }
    }
    return best;
  }
}
