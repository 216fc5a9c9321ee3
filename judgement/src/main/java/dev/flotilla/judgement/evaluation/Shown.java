package dev.flotilla.judgement.evaluation;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A cluster that may be shown.
 *
 * @param score how sure it is; comparable within one way of combining only
 * @param representative the place of the finding that is shown for it
 * @param members places of its findings
 */
record Shown(double score, int representative, List<Integer> members) {
  Shown {
    members = List.copyOf(members);
  }

  /** What a list is worth that is read from its beginning. */
  static Tally tally(PullRequest of, List<Shown> list, boolean byAnyMember) {
    var named = new HashSet<Integer>();
    int right = 0;
    int fresh = 0;
    for (Shown shown : list) {
      List<RecordedFinding> counted =
          (byAnyMember ? shown.members() : List.of(shown.representative()))
              .stream().map(of.findings()::get).toList();
      right += counted.stream().anyMatch(RecordedFinding::right) ? 1 : 0;
      Set<Integer> issues = new TreeSet<>();
      counted.forEach(finding -> issues.addAll(finding.issues()));
      fresh += named.addAll(issues) ? 1 : 0;
    }
    return new Tally(list.size(), right, fresh, named.size(), of.issues().size());
  }
}
