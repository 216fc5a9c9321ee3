package dev.flotilla.learning.tasktype;

import dev.flotilla.learning.DecisionTimes;
import dev.flotilla.learning.linear.SoftmaxRegression;
import dev.flotilla.learning.tasktype.TaskTypeTraining.Said;
import java.util.List;

/**
 * What is to be expected of a model made from some data.
 *
 * @param crossValidated in five folds, each prompt once for each of {@link
 *     TaskTypeTraining#PARTITIONS} partitions
 * @param sourceLeftOut each source judged by a model that saw none of it
 * @param crossValidatedWithoutSeeds without the seeds
 * @param sourceLeftOutWithoutSeeds without the seeds
 * @param decisions how long one takes
 */
public record TaskTypeEvaluation(
    Judged crossValidated,
    Judged sourceLeftOut,
    Judged crossValidatedWithoutSeeds,
    Judged sourceLeftOutWithoutSeeds,
    DecisionTimes decisions) {
  /**
   * Trains once for each fold and source, twice.
   *
   * @param labels all there are
   */
  public static TaskTypeEvaluation of(
      List<LabelledPrompt> data, List<LabelledPrompt> seeds, List<String> labels) {
    var training = new TaskTypeTraining(labels);
    List<String> sources = data.stream().map(LabelledPrompt::source).distinct().toList();
    int[] bySource = data.stream().mapToInt(prompt -> sources.indexOf(prompt.source())).toArray();
    List<Said> folds = training.withheld(data, seeds);
    List<Said> foldsAlone = training.withheld(data, List.of());
    double temperature = training.temperature(folds);
    double temperatureAlone = training.temperature(foldsAlone);
    return new TaskTypeEvaluation(
        judged(folds, temperature, labels),
        judged(training.withheld(data, seeds, bySource), temperature, labels),
        judged(foldsAlone, temperatureAlone, labels),
        judged(training.withheld(data, List.of(), bySource), temperatureAlone, labels),
        DecisionTimes.of(
            data.stream().map(LabelledPrompt::prompt).toList(),
            training.train(data, seeds, "what it is timed with")::judge));
  }

  private static Judged judged(List<Said> said, double temperature, List<String> labels) {
    return Judged.of(said.stream().map(each -> one(each, temperature, labels)).toList(), labels);
  }

  private static Judged.One one(Said said, double temperature, List<String> labels) {
    if (said.prompt().asksForForm()) {
      return new Judged.One(said.prompt().label(), LabelledPrompt.STRUCTURED, 1);
    }
    double[] probabilities = said.probabilities(temperature);
    int best = SoftmaxRegression.best(probabilities);
    return new Judged.One(said.prompt().label(), labels.get(best), probabilities[best]);
  }
}
