package dev.flotilla.judgement.finding;

import java.util.List;

/**
 * Findings about the same thing, at most one of each reviewer.
 *
 * @param members at least one; the worst first, then by reviewer
 */
public record Cluster(List<Said> members) {
  public Cluster {
    members = List.copyOf(members);
    if (members.isEmpty()) {
      throw new IllegalArgumentException("a cluster without a finding");
    }
    if (members.stream().map(Said::reviewer).distinct().count() < members.size()) {
      throw new IllegalArgumentException("a reviewer twice in a cluster");
    }
  }

  /** What is shown for all of them: one of the worst. */
  public Finding shown() {
    return members.getFirst().finding();
  }

  /** The worst that anybody said of it. */
  public Severity severity() {
    return shown().severity();
  }

  /** In the order of their ids. */
  public List<String> saidBy() {
    return members.stream().map(Said::reviewer).sorted().toList();
  }

  /**
   * Who looked and did not say it, in the order given.
   *
   * @param panel all who looked
   */
  public List<String> notSaidBy(List<String> panel) {
    List<String> said = saidBy();
    return panel.stream().filter(reviewer -> !said.contains(reviewer)).toList();
  }
}
