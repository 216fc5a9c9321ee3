package dev.flotilla.learning.tasktype;

import dev.flotilla.learning.Folds;
import dev.flotilla.learning.linear.SoftmaxRegression;
import dev.flotilla.learning.linear.SparseVector;
import dev.flotilla.learning.text.PromptFeatures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a model of labelled prompts. Those whose request decides alone are left out: their text
 * looks like any other. Not thread-safe.
 */
public final class TaskTypeTraining {
  /** The variance of weights is the inverse: 8. */
  private static final double PRIOR = 1.0 / 8;

  private static final int FOLDS = 5;

  static final int PARTITIONS = 5;

  private final List<String> labels;
  private final Map<LabelledPrompt, SparseVector> features = new HashMap<>();

  /**
   * @param labels all there are
   */
  public TaskTypeTraining(List<String> labels) {
    this.labels = List.copyOf(labels);
  }

  /**
   * The model to be used, with confidences that were made true on prompts it had not seen.
   *
   * @param data what it is for; confidences are calibrated on it
   * @param seeds more prompts to learn from
   * @param trainedOn which data, in words
   */
  public TaskTypeModel train(
      List<LabelledPrompt> data, List<LabelledPrompt> seeds, String trainedOn) {
    var all = new ArrayList<>(data);
    all.addAll(seeds);
    return new TaskTypeModel(
        labels, regression(all).cooled(temperature(withheld(data, seeds))), trainedOn);
  }

  /**
   * What models say that have not seen the prompt they speak about. Each prompt is spoken about
   * once for each of several partitions: which prompts are in a fold together moves accuracy by
   * more than what is to be seen.
   */
  List<Said> withheld(List<LabelledPrompt> data, List<LabelledPrompt> seeds) {
    List<String> kinds = data.stream().map(LabelledPrompt::label).toList();
    var said = new ArrayList<Said>();
    for (int partition = 1; partition <= PARTITIONS; partition++) {
      said.addAll(withheld(data, seeds, Folds.of(FOLDS, kinds, partition)));
    }
    return said;
  }

  /**
   * The same where the folds are given.
   *
   * @param foldOf each prompt of the data
   */
  List<Said> withheld(List<LabelledPrompt> data, List<LabelledPrompt> seeds, int[] foldOf) {
    var said = new ArrayList<Said>();
    for (int fold : Arrays.stream(foldOf).distinct().sorted().toArray()) {
      var seen = new ArrayList<>(seeds);
      for (int i = 0; i < foldOf.length; i++) {
        if (foldOf[i] != fold) {
          seen.add(data.get(i));
        }
      }
      SoftmaxRegression regression = regression(seen);
      for (int i = 0; i < foldOf.length; i++) {
        if (foldOf[i] == fold) {
          said.add(new Said(data.get(i), regression.scores(features(data.get(i)))));
        }
      }
    }
    return said;
  }

  /**
   * What a model said of a prompt.
   *
   * @param scores by label, before they are made probabilities
   */
  record Said(LabelledPrompt prompt, double[] scores) {
    double[] probabilities(double temperature) {
      double[] cooled = scores.clone();
      for (int i = 0; i < cooled.length; i++) {
        cooled[i] /= temperature;
      }
      SoftmaxRegression.softmax(cooled);
      return cooled;
    }
  }

  /**
   * What scores must be divided by to be true: Guo et al., On Calibration of Modern Neural Networks
   * (2017), section 4.2.
   */
  double temperature(List<Said> said) {
    double best = 1;
    double least = Double.POSITIVE_INFINITY;
    for (double temperature = 0.1; temperature < 5; temperature *= 1.02) {
      double loss = 0;
      for (Said each : said) {
        if (!each.prompt().asksForForm()) {
          double truth = each.probabilities(temperature)[labels.indexOf(each.prompt().label())];
          loss -= Math.log(Math.max(truth, 1e-300));
        }
      }
      if (loss < least) {
        least = loss;
        best = temperature;
      }
    }
    return best;
  }

  private SoftmaxRegression regression(List<LabelledPrompt> prompts) {
    List<LabelledPrompt> texts = prompts.stream().filter(p -> !p.asksForForm()).toList();
    return SoftmaxRegression.train(
        texts.stream().map(this::features).toList(),
        texts.stream().mapToInt(p -> labels.indexOf(p.label())).toArray(),
        labels.size(),
        PromptFeatures.PLACES,
        PRIOR);
  }

  private SparseVector features(LabelledPrompt prompt) {
    return features.computeIfAbsent(prompt, p -> PromptFeatures.of(p.prompt()));
  }
}
