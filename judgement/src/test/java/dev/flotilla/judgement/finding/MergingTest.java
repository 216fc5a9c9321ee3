package dev.flotilla.judgement.finding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MergingTest {
  private static final Merging MERGING = new Merging(0.2);

  @Test
  void the_same_in_other_words_is_one_and_the_worst_of_it_is_shown() {
    List<Cluster> clusters =
        MERGING.merged(
            List.of(
                said("a", Severity.MINOR, null, null, "getUserName may return null here"),
                said("b", Severity.BLOCKER, null, null, "Null is returned by getUserName"),
                said("b", Severity.MAJOR, null, null, "The loop ends one element too early"),
                said("c", Severity.MINOR, null, null, "The title is misspelt")));
    assertEquals(3, clusters.size());
    assertEquals(List.of("a", "b"), clusters.getFirst().saidBy());
    assertEquals(List.of("c"), clusters.getFirst().notSaidBy(List.of("a", "b", "c")));
    assertEquals(Severity.BLOCKER, clusters.getFirst().severity());
    assertEquals("Null is returned by getUserName", clusters.getFirst().shown().claim());
  }

  @Test
  void the_same_words_about_another_file_are_something_else() {
    String claim = "The result is not checked for null";
    assertEquals(
        2,
        MERGING
            .merged(
                List.of(
                    said("a", Severity.MAJOR, "src/A.java", 3, claim),
                    said("b", Severity.MAJOR, "src/B.java", 3, claim)))
            .size());
    assertEquals(
        1,
        MERGING
            .merged(
                List.of(
                    said("a", Severity.MAJOR, "src/A.java", 3, claim),
                    said("b", Severity.MAJOR, "A.java", 5, claim)))
            .size(),
        "a path from another folder");
  }

  @Test
  void lines_that_are_near_bring_claims_together_and_lines_that_are_far_part_them() {
    String one = "The result may be null";
    String other = "Nobody checks the result of find";
    double near = similarity(one, 10, other, 12);
    double far = similarity(one, 10, other, 40);
    double between = similarity(one, 10, other, 20);
    assertTrue(near > between && between > far && far > 0, near + " " + between + " " + far);
    assertEquals(between + (1 - between) / 3, near, 1e-12);
    assertEquals(between / 2, far, 1e-12);
  }

  @Test
  void a_reviewer_who_says_it_twice_is_in_a_cluster_once_and_loses_nothing() {
    String claim = "The key is written to the log";
    List<Cluster> clusters =
        MERGING.merged(
            List.of(
                said("a", Severity.MAJOR, null, null, claim),
                said("a", Severity.MAJOR, null, null, claim),
                said("b", Severity.MAJOR, null, null, claim)));
    assertEquals(List.of(2, 1), clusters.stream().map(each -> each.members().size()).toList());
  }

  @Test
  void a_threshold_that_is_none_is_refused() {
    assertThrows(IllegalArgumentException.class, () -> new Merging(0));
    assertThrows(IllegalArgumentException.class, () -> new Merging(1.1));
    assertThrows(IllegalArgumentException.class, () -> new Merging(Double.NaN));
    assertEquals(List.of(), MERGING.merged(List.of()));
  }

  @Property(tries = 300)
  void whatever_the_order_the_clusters_are_the_same_and_hold_everything_once(
      @ForAll("findings") List<Said> findings, @ForAll long seed) {
    List<Cluster> clusters = MERGING.merged(findings);
    var shuffled = new ArrayList<>(findings);
    Collections.shuffle(shuffled, new Random(seed));
    assertEquals(clusters, MERGING.merged(shuffled));
    var kept = new ArrayList<Said>();
    for (Cluster cluster : clusters) {
      kept.addAll(cluster.members());
      List<String> reviewers = cluster.members().stream().map(Said::reviewer).toList();
      assertEquals(reviewers.size(), reviewers.stream().distinct().count(), cluster::toString);
    }
    assertEquals(
        findings.stream().sorted(Said.ORDER).toList(), kept.stream().sorted(Said.ORDER).toList());
  }

  @Provide
  Arbitrary<List<Said>> findings() {
    Arbitrary<String> words =
        Arbitraries.of("the", "null", "key", "logs", "getName", "max_size", "is", "wrong", "ß", "");
    Arbitrary<String> claims = words.list().ofMaxSize(6).map(list -> String.join(" ", list));
    return Combinators.combine(
            Arbitraries.of("a", "b", "c"),
            Arbitraries.of(Severity.values()),
            Arbitraries.of("A.java", "src/A.java", "B.java").injectNull(0.5),
            Arbitraries.integers().between(1, 50).injectNull(0.3),
            claims)
        .as(MergingTest::said)
        .list()
        .ofMaxSize(14);
  }

  private static double similarity(String one, int line, String other, int otherLine) {
    return Similarity.of(
            List.of(
                said("a", Severity.MAJOR, "A.java", line, one).finding(),
                said("b", Severity.MAJOR, "A.java", otherLine, other).finding()))
        .of(0, 1);
  }

  private static Said said(
      String reviewer,
      Severity severity,
      @Nullable String file,
      @Nullable Integer line,
      String claim) {
    return new Said(reviewer, new Finding(severity, null, file, line, claim, "", null));
  }
}
