package dev.flotilla.judgement.evaluation;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one way of combining, with one set of reviewers, made of all pull requests.
 *
 * @param tallies by judge, then in the order of the pull requests' ids
 * @param byAnyMember the same, counted by the issues of all members of a cluster
 * @param cost of everything the reviewers found, US dollars; null when not all is known
 * @param chosen by the repository that was left out
 */
record Run(
    Map<String, List<Tally>> tallies,
    Map<String, List<Tally>> byAnyMember,
    @Nullable BigDecimal cost,
    Map<String, Choice> chosen) {

  /** Leaves out one repository after the other. */
  static Run leavingOut(Way way, List<PullRequest> requests) {
    Map<PullRequest, List<Shown>> shown = new HashMap<>();
    var chosen = new TreeMap<String, Choice>();
    for (List<PullRequest> out : Choice.parts(requests)) {
      List<PullRequest> training = Choice.without(requests, out);
      Choice choice = Choice.best(way, training);
      chosen.put(out.getFirst().origin(), choice);
      Way.Scorer scorer = way.fit(training, choice.variant());
      for (PullRequest request : out) {
        List<Shown> ranked = Choice.ranked(request, scorer, choice.mergeAt());
        shown.put(request, Choice.from(ranked, choice.showFrom()));
      }
    }
    return of(requests, shown, chosen);
  }

  /** Each finding of one reviewer on its own. */
  static Run single(String reviewer, List<PullRequest> requests) {
    List<PullRequest> own =
        requests.stream().map(request -> request.only(Set.of(reviewer))).toList();
    Map<PullRequest, List<Shown>> shown = new HashMap<>();
    for (PullRequest request : own) {
      var list = new ArrayList<Shown>();
      for (int i = 0; i < request.findings().size(); i++) {
        list.add(new Shown(1, i, List.of(i)));
      }
      shown.put(request, list);
    }
    return of(own, shown, Map.of());
  }

  private static Run of(
      List<PullRequest> requests, Map<PullRequest, List<Shown>> shown, Map<String, Choice> chosen) {
    return new Run(
        tallies(requests, shown, false), tallies(requests, shown, true), cost(requests), chosen);
  }

  private static Map<String, List<Tally>> tallies(
      List<PullRequest> requests, Map<PullRequest, List<Shown>> shown, boolean byAnyMember) {
    var tallies = new TreeMap<String, List<Tally>>();
    for (PullRequest request : requests) {
      List<Shown> list = shown.getOrDefault(request, List.of());
      tallies
          .computeIfAbsent(request.judge(), none -> new ArrayList<>())
          .add(Shown.tally(request, list, byAnyMember));
    }
    return tallies;
  }

  private static @Nullable BigDecimal cost(List<PullRequest> requests) {
    BigDecimal sum = BigDecimal.ZERO;
    for (PullRequest request : requests) {
      for (RecordedFinding finding : request.findings()) {
        if (finding.cost() == null) {
          return null;
        }
        sum = sum.add(finding.cost());
      }
    }
    return sum;
  }
}
