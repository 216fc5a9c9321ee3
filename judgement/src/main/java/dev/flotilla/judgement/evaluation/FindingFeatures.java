package dev.flotilla.judgement.evaluation;

import dev.flotilla.judgement.finding.Terms;
import dev.flotilla.learning.linear.SparseVector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What is known of a finding before anybody says whether it is right. Immutable. */
final class FindingFeatures {
  /** A word of one pull request or one repository says nothing about others. */
  private static final int FEWEST_REQUESTS = 3;

  private static final int FEWEST_REPOSITORIES = 2;
  private static final int MOST_COUNTED = 3;
  private static final int OTHERS = 4;
  private static final Set<String> HARM =
      stems(
          """
          null npe nullpointerexception crash crashes exception panic race deadlock leak overflow injection bypass xss
          ssrf undefined incorrect incorrectly wrong wrongly never always fail fails failure break breaks broken throw
          throws missing lost inconsistent inverted corrupt infinite unreachable concurrent security vulnerability stale
          negative mismatch error typeerror attributeerror keyerror silently unsafe""");
  private static final Set<String> TASTE =
      stems(
          """
          consider naming rename typo spelling comment comments documentation docs javadoc docstring readability readable
          style refactor extract duplicate duplicated duplication redundant unused magic hardcoded constant test tests
          coverage logging clearer clarity simplify maintainability maintainable idiomatic prefer cleaner import imports
          format formatting whitespace minor nit optional verbose""");

  private final Reliabilities reliabilities;
  private final Map<String, Integer> words;
  private final double[] means;
  private final double[] deviations;

  private FindingFeatures(List<PullRequest> training) {
    this.reliabilities = Reliabilities.of(training);
    this.words = words(training);
    List<double[]> all = training.stream().flatMap(each -> raw(each).stream()).toList();
    int width = all.isEmpty() ? 0 : all.getFirst().length;
    this.means = new double[width];
    this.deviations = new double[width];
    for (int place = 0; place < width; place++) {
      int at = place;
      double mean = all.stream().mapToDouble(each -> each[at]).average().orElse(0);
      double variance =
          all.stream()
              .mapToDouble(each -> (each[at] - mean) * (each[at] - mean))
              .average()
              .orElse(0);
      means[place] = mean;
      deviations[place] = variance == 0 ? 1 : Math.sqrt(variance);
    }
  }

  static FindingFeatures of(List<PullRequest> training) {
    return new FindingFeatures(training);
  }

  /** How many places a vector has. */
  int places() {
    return means.length + words.size();
  }

  /** In the order of the findings. */
  List<SparseVector> of(PullRequest request) {
    List<double[]> raw = raw(request);
    var vectors = new ArrayList<SparseVector>();
    for (int i = 0; i < raw.size(); i++) {
      vectors.add(vector(raw.get(i), request.terms().get(i)));
    }
    return vectors;
  }

  private SparseVector vector(double[] raw, Terms terms) {
    int[] known =
        terms.words().keySet().stream()
            .filter(words::containsKey)
            .mapToInt(word -> means.length + words.getOrDefault(word, 0))
            .sorted()
            .toArray();
    int[] places = new int[means.length + known.length];
    float[] values = new float[places.length];
    for (int i = 0; i < means.length; i++) {
      places[i] = i;
      values[i] = (float) ((raw[i] - means[i]) / deviations[i]);
    }
    for (int i = 0; i < known.length; i++) {
      places[means.length + i] = known[i];
      values[means.length + i] = (float) (1 / Math.sqrt(known.length));
    }
    return new SparseVector(places, values);
  }

  /** All but the words. */
  private List<double[]> raw(PullRequest request) {
    var counts = new HashMap<String, Integer>();
    request.reviewers().forEach(reviewer -> counts.merge(reviewer, 1, Integer::sum));
    var raw = new ArrayList<double[]>();
    for (int i = 0; i < request.findings().size(); i++) {
      String reviewer = request.reviewers().get(i);
      double reliable = reliabilities.precision(reviewer);
      Map<String, Double> others = others(request, i);
      List<Double> nearest = new ArrayList<>(others.values());
      nearest.sort(Collections.reverseOrder());
      double support = 0;
      for (var other : others.entrySet()) {
        support += reliabilities.precision(other.getKey()) * other.getValue() * other.getValue();
      }
      Terms terms = request.terms().get(i);
      double[] facts = new double[OTHERS + 7];
      for (int k = 0; k < OTHERS && k < nearest.size(); k++) {
        facts[k] = nearest.get(k);
      }
      facts[OTHERS] = Math.log(reliable / (1 - reliable));
      facts[OTHERS + 1] = support;
      facts[OTHERS + 2] =
          Math.log(1.0 + request.findings().get(i).finding().claim().split("\\s+").length);
      facts[OTHERS + 3] = Math.log(1.0 + counts.getOrDefault(reviewer, 0));
      facts[OTHERS + 4] = terms.names() ? 1 : 0;
      facts[OTHERS + 5] = count(terms, HARM);
      facts[OTHERS + 6] = count(terms, TASTE);
      raw.add(facts);
    }
    return raw;
  }

  /** How similar each other reviewer's most similar finding is. */
  private static Map<String, Double> others(PullRequest request, int finding) {
    var others = new TreeMap<String, Double>();
    for (int j = 0; j < request.findings().size(); j++) {
      if (!request.reviewers().get(j).equals(request.reviewers().get(finding))) {
        others.merge(request.reviewers().get(j), request.similarity().of(finding, j), Math::max);
      }
    }
    return others;
  }

  private static int count(Terms terms, Set<String> list) {
    return (int)
        Math.min(MOST_COUNTED, terms.words().keySet().stream().filter(list::contains).count());
  }

  private static Map<String, Integer> words(List<PullRequest> training) {
    var requests = new TreeMap<String, Set<String>>();
    var repositories = new HashMap<String, Set<String>>();
    for (PullRequest request : training) {
      for (Terms terms : request.terms()) {
        for (String word : terms.words().keySet()) {
          requests.computeIfAbsent(word, none -> new HashSet<>()).add(request.id());
          repositories.computeIfAbsent(word, none -> new HashSet<>()).add(request.origin());
        }
      }
    }
    var words = new HashMap<String, Integer>();
    for (var word : requests.entrySet()) {
      if (word.getValue().size() >= FEWEST_REQUESTS
          && repositories.getOrDefault(word.getKey(), Set.of()).size() >= FEWEST_REPOSITORIES) {
        words.put(word.getKey(), words.size());
      }
    }
    return words;
  }

  private static Set<String> stems(String list) {
    return Collections.unmodifiableSet(
        new TreeSet<>(Arrays.stream(list.split("\\s+")).map(Terms::stem).toList()));
  }
}
