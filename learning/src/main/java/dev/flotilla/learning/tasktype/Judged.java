package dev.flotilla.learning.tasktype;

import dev.flotilla.learning.CalibrationError;
import dev.flotilla.learning.CalibrationError.Said;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How well prompts were judged by models that had not seen them.
 *
 * @param confusion how often each label was taken for each
 * @param calibrationError how far confidence is from accuracy, on average over ten equal ranges of
 *     confidence, by their prompts: 0 is honest
 */
public record Judged(
    int prompts,
    double accuracy,
    double macroF1,
    double calibrationError,
    Map<String, Map<String, Integer>> confusion) {
  /** One prompt. */
  record One(String label, String taken, double confidence) {
    boolean right() {
      return label.equals(taken);
    }
  }

  public Judged {
    confusion = Map.copyOf(confusion);
  }

  static Judged of(List<One> all, List<String> labels) {
    var confusion = new TreeMap<String, Map<String, Integer>>();
    for (String label : labels) {
      var row = new TreeMap<String, Integer>();
      labels.forEach(taken -> row.put(taken, 0));
      confusion.put(label, row);
    }
    for (One one : all) {
      Objects.requireNonNull(confusion.get(one.label())).merge(one.taken(), 1, Integer::sum);
    }
    long right = all.stream().filter(One::right).count();
    return new Judged(
        all.size(),
        (double) right / all.size(),
        labels.stream().mapToDouble(label -> f1(label, all)).average().orElse(0),
        CalibrationError.of(
            all.stream().map(one -> new Said(one.confidence(), one.right())).toList()),
        confusion);
  }

  /** The harmonic mean of precision and recall; 0 when a label was never found. */
  private static double f1(String label, List<One> all) {
    long found = all.stream().filter(one -> one.right() && one.label().equals(label)).count();
    long is = all.stream().filter(one -> one.label().equals(label)).count();
    long taken = all.stream().filter(one -> one.taken().equals(label)).count();
    return is + taken == 0 ? 0 : 2.0 * found / (is + taken);
  }
}
