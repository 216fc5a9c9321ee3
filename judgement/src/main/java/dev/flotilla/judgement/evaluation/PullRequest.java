package dev.flotilla.judgement.evaluation;

import dev.flotilla.judgement.finding.Merging;
import dev.flotilla.judgement.finding.Similarity;
import dev.flotilla.judgement.finding.Terms;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** A pull request as one judge saw what was found in it. Not thread-safe: it remembers clusters. */
final class PullRequest {
  private final String judge;
  private final String id;
  private final String origin;
  private final Set<Integer> issues;
  private final List<RecordedFinding> findings;
  private final List<String> reviewers;
  private final List<Terms> terms;
  private final Similarity similarity;
  private final Map<Double, List<List<Integer>>> groups = new HashMap<>();

  /**
   * @param origin the repository, of forks the one they were made of
   * @param issues what people found, by their ids
   */
  PullRequest(
      String judge, String id, String origin, Set<Integer> issues, List<RecordedFinding> findings) {
    this(
        judge,
        id,
        origin,
        issues,
        findings,
        findings.stream().map(each -> Terms.of(each.finding().claim())).toList());
  }

  private PullRequest(
      String judge,
      String id,
      String origin,
      Set<Integer> issues,
      List<RecordedFinding> findings,
      List<Terms> terms) {
    this.judge = judge;
    this.id = id;
    this.origin = origin;
    this.issues = Set.copyOf(issues);
    this.findings = List.copyOf(findings);
    this.reviewers = findings.stream().map(RecordedFinding::reviewer).toList();
    this.terms = terms;
    this.similarity =
        Similarity.of(findings.stream().map(RecordedFinding::finding).toList(), terms);
  }

  String judge() {
    return judge;
  }

  String id() {
    return id;
  }

  String origin() {
    return origin;
  }

  Set<Integer> issues() {
    return issues;
  }

  List<RecordedFinding> findings() {
    return findings;
  }

  List<String> reviewers() {
    return reviewers;
  }

  List<Terms> terms() {
    return terms;
  }

  Similarity similarity() {
    return similarity;
  }

  /** The findings of each cluster, by their places. */
  List<List<Integer>> groups(double mergeAt) {
    return groups.computeIfAbsent(
        mergeAt, threshold -> new Merging(threshold).groups(similarity, reviewers));
  }

  /** The same with what some of the reviewers found. */
  PullRequest only(Set<String> some) {
    int[] places =
        IntStream.range(0, findings.size()).filter(i -> some.contains(reviewers.get(i))).toArray();
    return new PullRequest(
        judge,
        id,
        origin,
        issues,
        Arrays.stream(places).mapToObj(findings::get).toList(),
        Arrays.stream(places).mapToObj(terms::get).toList());
  }
}
