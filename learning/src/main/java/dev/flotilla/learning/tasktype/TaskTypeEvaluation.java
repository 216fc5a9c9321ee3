package dev.flotilla.learning.tasktype;

import dev.flotilla.learning.linear.SoftmaxRegression;
import dev.flotilla.learning.tasktype.TaskTypeTraining.Said;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is to be expected of a model made from some data.
 *
 * @param crossValidated in five folds, each prompt once for each of {@link
 *     TaskTypeTraining#PARTITIONS} partitions
 * @param sourceLeftOut each source judged by a model that saw none of it
 * @param crossValidatedWithoutSeeds without the seeds
 * @param sourceLeftOutWithoutSeeds without the seeds
 * @param decisionMicros how long a decision takes, in order, microseconds
 */
public record TaskTypeEvaluation(
    Judged crossValidated,
    Judged sourceLeftOut,
    Judged crossValidatedWithoutSeeds,
    Judged sourceLeftOutWithoutSeeds,
    long[] decisionMicros) {
  private static final int DECISIONS = 20_000;

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
        decisions(training.train(data, seeds, "what it is timed with"), data));
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

  /** The second half is timed: by then it is compiled. */
  private static long[] decisions(TaskTypeModel model, List<LabelledPrompt> data) {
    var micros = new ArrayList<Long>();
    for (int i = 0; i < DECISIONS; i++) {
      String prompt = data.get(i % data.size()).prompt();
      long began = System.nanoTime();
      TaskTypeModel.Judgement judgement = model.judge(prompt);
      long took = (System.nanoTime() - began) / 1_000;
      if (i >= DECISIONS / 2 && !judgement.label().isEmpty()) {
        micros.add(took);
      }
    }
    return micros.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  /**
   * How long all but a share of decisions take at most, microseconds.
   *
   * @param share 0.99 for all but one of a hundred
   */
  public long decisionMicros(double share) {
    return decisionMicros[(int) Math.ceil(share * decisionMicros.length) - 1];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TaskTypeEvaluation that
        && crossValidated.equals(that.crossValidated)
        && sourceLeftOut.equals(that.sourceLeftOut)
        && Arrays.equals(decisionMicros, that.decisionMicros);
  }

  @Override
  public int hashCode() {
    return crossValidated.hashCode();
  }

  @Override
  public String toString() {
    return "accuracy " + crossValidated.accuracy();
  }
}
