package dev.flotilla.judgement.finding;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How alike the findings of one artifact are, pair by pair: by what they claim, weighted by how
 * rare each word is among them, and by place where it is known. Immutable.
 */
public final class Similarity {
  /** Reviewers count lines of a hunk from different ends. */
  private static final int SAME_PLACE = 3;

  private static final int ELSEWHERE = 20;

  private final double[][] pairs;

  /**
   * A text as a vector of length 1, or of none when it has no terms.
   *
   * @param terms numbers of terms, ascending
   */
  private record Weighted(int[] terms, double[] weights) {
    /** In the order of the terms, so that rounding is always the same. */
    double dot(Weighted other) {
      double sum = 0;
      int j = 0;
      for (int i = 0; i < terms.length && j < other.terms.length; i++) {
        while (j < other.terms.length && other.terms[j] < terms[i]) {
          j++;
        }
        if (j < other.terms.length && other.terms[j] == terms[i]) {
          sum += weights[i] * other.weights[j];
        }
      }
      return Math.min(1, sum);
    }
  }

  private Similarity(double[][] pairs) {
    this.pairs = pairs;
  }

  /**
   * Of all pairs of findings of one artifact. The same order gives the same numbers, bit by bit.
   */
  public static Similarity of(List<Finding> findings) {
    return of(findings, findings.stream().map(finding -> Terms.of(finding.claim())).toList());
  }

  /**
   * The same for findings whose terms are known already.
   *
   * @param terms of each claim
   */
  public static Similarity of(List<Finding> findings, List<Terms> terms) {
    Weighted[] words = weighted(terms.stream().map(Terms::words).toList());
    Weighted[] runs = weighted(terms.stream().map(Terms::runs).toList());
    double[][] pairs = new double[findings.size()][findings.size()];
    for (int i = 0; i < pairs.length; i++) {
      pairs[i][i] = 1;
      for (int j = 0; j < i; j++) {
        double text = (words[i].dot(words[j]) + runs[i].dot(runs[j])) / 2;
        pairs[i][j] = atPlace(text, findings.get(i), findings.get(j));
        pairs[j][i] = pairs[i][j];
      }
    }
    return new Similarity(pairs);
  }

  /** From 0, nothing in common, to 1, the same; by the places of the list it was made of. */
  public double of(int one, int other) {
    return pairs[one][other];
  }

  private static double atPlace(double text, Finding one, Finding other) {
    String file = one.file();
    String otherFile = other.file();
    if (file == null || otherFile == null) {
      return text;
    }
    if (!sameFile(file, otherFile)) {
      return 0;
    }
    Integer line = one.line();
    Integer otherLine = other.line();
    if (line == null || otherLine == null) {
      return text;
    }
    long apart = Math.abs((long) line - otherLine);
    if (apart <= SAME_PLACE) {
      return text + (1 - text) / 3;
    }
    return apart > ELSEWHERE ? text / 2 : text;
  }

  /** Some write a path from the root of the tree, some from a folder in it. */
  private static boolean sameFile(String one, String other) {
    return one.equals(other) || one.endsWith("/" + other) || other.endsWith("/" + one);
  }

  private static Weighted[] weighted(List<Map<String, Double>> texts) {
    var having = new HashMap<String, Integer>();
    SortedSet<String> all = new TreeSet<>();
    for (Map<String, Double> text : texts) {
      all.addAll(text.keySet());
      text.keySet().forEach(term -> having.merge(term, 1, Integer::sum));
    }
    var numbers = new HashMap<String, Integer>();
    all.forEach(term -> numbers.put(term, numbers.size()));
    Weighted[] vectors = new Weighted[texts.size()];
    for (int t = 0; t < vectors.length; t++) {
      Map<String, Double> text = texts.get(t);
      int[] terms = new int[text.size()];
      double[] weights = new double[text.size()];
      double squares = 0;
      int i = 0;
      // In alphabetical order, as the numbers are.
      for (var term : text.entrySet()) {
        double share = (double) texts.size() / having.getOrDefault(term.getKey(), 1);
        terms[i] = numbers.getOrDefault(term.getKey(), 0);
        weights[i] = term.getValue() * StrictMath.log(1 + share);
        squares += weights[i] * weights[i];
        i++;
      }
      double length = Math.sqrt(squares);
      for (int k = 0; k < weights.length; k++) {
        weights[k] /= length;
      }
      vectors[t] = new Weighted(terms, weights);
    }
    return vectors;
  }
}
