package dev.flotilla.learning.tasktype;

import dev.flotilla.learning.linear.SoftmaxRegression;
import dev.flotilla.learning.text.PromptFeatures;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What kind of work a prompt probably is. Thread-safe.
 *
 * @param labels by the classes of the regression
 * @param trainedOn which data, in words and by hash
 */
public record TaskTypeModel(List<String> labels, SoftmaxRegression regression, String trainedOn) {
  public TaskTypeModel {
    labels = List.copyOf(labels);
  }

  /**
   * What a prompt was taken for.
   *
   * @param confidence 0 to 1, calibrated: of a hundred prompts with 0.8 about eighty are right
   * @param all how likely each label is
   */
  public record Judgement(String label, double confidence, Map<String, Double> all) {
    public Judgement {
      all = Map.copyOf(all);
    }
  }

  public Judgement judge(String prompt) {
    double[] probabilities = regression.probabilities(PromptFeatures.of(prompt));
    var all = new HashMap<String, Double>();
    for (int i = 0; i < probabilities.length; i++) {
      all.put(labels.get(i), probabilities[i]);
    }
    int best = SoftmaxRegression.best(probabilities);
    return new Judgement(labels.get(best), probabilities[best], all);
  }
}
