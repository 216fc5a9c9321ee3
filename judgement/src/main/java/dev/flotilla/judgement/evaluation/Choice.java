package dev.flotilla.judgement.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What was chosen for a way of combining.
 *
 * @param variant one of the way's own
 * @param mergeAt the threshold of merging
 * @param showFrom the score from which a cluster is shown
 */
public record Choice(double variant, double mergeAt, double showFrom) {
  static final List<Double> MERGE_AT =
      IntStream.rangeClosed(2, 10).mapToObj(step -> step / 20.0).toList();

  /** What does best on pull requests that are left out in turn, each repository once. */
  static Choice best(Way way, List<PullRequest> training) {
    Choice best = new Choice(0, 0, 0);
    double most = -1;
    for (double variant : way.variants()) {
      Map<Double, Map<PullRequest, List<Shown>>> lists = new LinkedHashMap<>();
      for (List<PullRequest> out : parts(training)) {
        List<PullRequest> rest = without(training, out);
        // With a single pull request there is nothing else to learn from.
        Way.Scorer scorer = way.fit(rest.isEmpty() ? out : rest, variant);
        for (double mergeAt : MERGE_AT) {
          Map<PullRequest, List<Shown>> at =
              lists.computeIfAbsent(mergeAt, none -> new LinkedHashMap<>());
          out.forEach(request -> at.put(request, ranked(request, scorer, mergeAt)));
        }
      }
      double[][] scores = new double[MERGE_AT.size()][way.thresholds().size()];
      for (int m = 0; m < scores.length; m++) {
        var at = lists.getOrDefault(MERGE_AT.get(m), Map.of());
        for (int f = 0; f < scores[m].length; f++) {
          scores[m][f] = strictF1(at, way.thresholds().get(f));
        }
      }
      for (int m = 0; m < scores.length; m++) {
        for (int f = 0; f < scores[m].length; f++) {
          double score = withNeighbours(scores, m, f);
          if (score > most) {
            most = score;
            best = new Choice(variant, MERGE_AT.get(m), way.thresholds().get(f));
          }
        }
      }
    }
    return best;
  }

  /** By repository; by pull request when there is one repository only. */
  static List<List<PullRequest>> parts(List<PullRequest> requests) {
    List<List<PullRequest>> byOrigin = by(requests, PullRequest::origin);
    return byOrigin.size() > 1 ? byOrigin : by(requests, PullRequest::id);
  }

  static List<PullRequest> without(List<PullRequest> requests, List<PullRequest> some) {
    var rest = new LinkedHashSet<>(requests);
    some.forEach(rest::remove);
    return List.copyOf(rest);
  }

  private static List<List<PullRequest>> by(
      List<PullRequest> requests, Function<PullRequest, String> key) {
    var parts = new TreeMap<String, List<PullRequest>>();
    requests.forEach(
        each -> parts.computeIfAbsent(key.apply(each), none -> new ArrayList<>()).add(each));
    return List.copyOf(parts.values());
  }

  /** All clusters, the surest first, without those that repeat a surer one. */
  static List<Shown> ranked(PullRequest request, Way.Scorer scorer, double mergeAt) {
    List<Shown> sorted =
        request.groups(mergeAt).stream()
            .map(group -> scorer.score(request, group))
            .sorted(
                Comparator.comparingDouble((Shown shown) -> -shown.score())
                    .thenComparing(Shown::representative))
            .toList();
    var ranked = new ArrayList<Shown>();
    for (Shown shown : sorted) {
      if (ranked.stream().noneMatch(surer -> alike(request, surer, shown) >= mergeAt)) {
        ranked.add(shown);
      }
    }
    return ranked;
  }

  private static double alike(PullRequest request, Shown one, Shown other) {
    double sum = 0;
    for (int i : one.members()) {
      for (int j : other.members()) {
        sum += request.similarity().of(i, j);
      }
    }
    return sum / (one.members().size() * other.members().size());
  }

  static List<Shown> from(List<Shown> ranked, double score) {
    return ranked.stream().filter(shown -> shown.score() >= score).toList();
  }

  /** Mean of the judges. */
  private static double strictF1(Map<PullRequest, List<Shown>> lists, double from) {
    var byJudge = new TreeMap<String, Tally>();
    lists.forEach(
        (request, ranked) ->
            byJudge.merge(
                request.judge(), Shown.tally(request, from(ranked, from), false), Tally::plus));
    return byJudge.values().stream().mapToDouble(Tally::strictF1).average().orElse(0);
  }

  /** What is best by chance has worse neighbours. */
  private static double withNeighbours(double[][] scores, int row, int column) {
    double sum = 0;
    int count = 0;
    for (int r = Math.max(0, row - 1); r <= Math.min(scores.length - 1, row + 1); r++) {
      for (int c = Math.max(0, column - 1); c <= Math.min(scores[r].length - 1, column + 1); c++) {
        sum += scores[r][c];
        count++;
      }
    }
    return sum / count;
  }
}
