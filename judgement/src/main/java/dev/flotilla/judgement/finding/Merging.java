package dev.flotilla.judgement.finding;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds which findings are about the same thing: the two most similar clusters become one for as
 * long as the mean over their pairs reaches a threshold and no reviewer is in both. Nothing is
 * dropped, and the order in which findings come does not matter. Thread-safe.
 *
 * @param threshold from 0, everything is the same, to 1, only the same words are
 */
public record Merging(double threshold) {
  public Merging {
    if (!(threshold > 0 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "the threshold of merging is " + threshold + "; write a number above 0, at most 1");
    }
  }

  /** Clusters of all findings, the worst first, then those of the most reviewers. */
  public List<Cluster> merged(List<Said> findings) {
    List<Said> sorted = findings.stream().sorted(Said.ORDER).toList();
    Similarity similarity = Similarity.of(sorted.stream().map(Said::finding).toList());
    return groups(similarity, sorted.stream().map(Said::reviewer).toList()).stream()
        .map(
            group ->
                new Cluster(
                    group.stream()
                        .map(sorted::get)
                        .sorted(
                            Comparator.comparing((Said said) -> said.finding().severity())
                                .thenComparing(Said.ORDER))
                        .toList()))
        .sorted(
            Comparator.comparing(Cluster::severity)
                .thenComparing(cluster -> -cluster.members().size())
                .thenComparing(cluster -> cluster.members().getFirst(), Said.ORDER))
        .toList();
  }

  /**
   * The same for findings whose similarity is known already.
   *
   * @param reviewers of each finding
   * @return the findings of each cluster by their places, ascending
   */
  public List<List<Integer>> groups(Similarity similarity, List<String> reviewers) {
    int all = reviewers.size();
    double[][] sums = new double[all][all];
    var groups = new ArrayList<List<Integer>>();
    for (int i = 0; i < all; i++) {
      groups.add(List.of(i));
      for (int j = 0; j < all; j++) {
        sums[i][j] = similarity.of(i, j);
      }
    }
    while (true) {
      int into = -1;
      int from = -1;
      double most = threshold;
      for (int i = 0; i < all; i++) {
        for (int j = i + 1; j < all; j++) {
          int pairs = groups.get(i).size() * groups.get(j).size();
          if (pairs == 0) {
            continue;
          }
          double mean = sums[i][j] / pairs;
          boolean better = into < 0 ? mean >= most : mean > most;
          if (better && !shareReviewer(groups.get(i), groups.get(j), reviewers)) {
            most = mean;
            into = i;
            from = j;
          }
        }
      }
      if (into < 0) {
        return groups.stream().filter(group -> !group.isEmpty()).toList();
      }
      var union = new ArrayList<>(groups.get(into));
      union.addAll(groups.get(from));
      groups.set(into, union.stream().sorted().toList());
      groups.set(from, List.of());
      for (int k = 0; k < all; k++) {
        sums[into][k] += sums[from][k];
        sums[k][into] = sums[into][k];
      }
    }
  }

  private static boolean shareReviewer(
      List<Integer> one, List<Integer> other, List<String> reviewers) {
    for (int i : one) {
      for (int j : other) {
        if (reviewers.get(i).equals(reviewers.get(j))) {
          return true;
        }
      }
    }
    return false;
  }
}
