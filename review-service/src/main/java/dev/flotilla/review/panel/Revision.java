package dev.flotilla.review.panel;

import dev.flotilla.catalog.Model;
import dev.flotilla.judgement.finding.Finding;
import dev.flotilla.review.aggregation.Aggregate;
import dev.flotilla.review.aggregation.Decision;
import dev.flotilla.review.aggregation.MergedFinding;
import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.policy.Rounds;
import dev.flotilla.review.reviewer.Assignment;
import dev.flotilla.review.reviewer.Bench;
import dev.flotilla.review.reviewer.Eligibility;
import dev.flotilla.review.reviewer.Reviser;
import dev.flotilla.review.reviewer.Reviser.Revised;
import dev.flotilla.review.reviewer.Seat;
import dev.flotilla.review.reviewer.Seating;
import dev.flotilla.review.reviewer.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * When a panel wants changes and its policy admits another round: the model that made the artifact
 * makes it again from the merged findings, and a panel is seated for the new version.
 */
final class Revision {
  private final Eligibility eligibility;
  private final Reviser reviser;

  Revision(Eligibility eligibility, Reviser reviser) {
    this.eligibility = eligibility;
    this.reviser = reviser;
  }

  /** The next round; empty when there is none, and what was decided holds. */
  Optional<Sitting> after(Sitting sitting, List<Seat> seats, Aggregate aggregate) {
    ReviewRequest request = sitting.request();
    boolean wanted =
        aggregate.decision() instanceof Decision.Decided(Verdict verdict)
            && verdict == Verdict.REQUEST_CHANGES
            && sitting.round() < request.policy().rounds().most();
    if (!wanted) {
      return Optional.empty();
    }
    Optional<Revised> revised =
        eligibility
            .reviser(request.authors(), sitting.errand().caller())
            .flatMap(
                author ->
                    reviser.revise(
                        author, request.assignment(), objections(aggregate), sitting.errand()));
    return revised.map(version -> sitting.next(version, bench(sitting, seats), seats, aggregate));
  }

  private Bench bench(Sitting sitting, List<Seat> seats) {
    ReviewRequest request = sitting.request();
    Policy policy = request.policy();
    List<String> before = seats.stream().map(Seat::model).toList();
    if (policy.rounds().panel() == Rounds.Panel.FRESH) {
      // Nobody who has an opinion on the earlier version, nor anybody like them.
      List<String> out = Stream.concat(request.authors().stream(), before.stream()).toList();
      if (eligibility.seat(policy, List.of(), out, sitting.errand().caller())
          instanceof Seating.Ready(Bench fresh)) {
        return fresh;
      }
    }
    return eligibility.bench(
        policy, before, sitting.bench().waiting().stream().map(Model::id).toList(), Map.of());
  }

  private static String objections(Aggregate aggregate) {
    var lines = new ArrayList<String>();
    for (MergedFinding merged : aggregate.findings()) {
      Finding finding = merged.cluster().shown();
      lines.add(
          "- "
              + finding.severity().word()
              + ": "
              + finding.claim()
              + (finding.suggestion() == null ? "" : " " + finding.suggestion()));
    }
    aggregate.checks().stream()
        .filter(check -> !check.passed())
        .forEach(check -> lines.add("- check " + check.name() + " failed: " + check.detail()));
    return lines.isEmpty()
        ? "They gave no reasons."
        : lines.stream().collect(Collectors.joining("\n"));
  }

  /** What was to be reviewed, in its new version. */
  static Assignment revised(Assignment assignment, String artifact) {
    return new Assignment(assignment.type(), artifact, assignment.plan(), assignment.task());
  }
}
