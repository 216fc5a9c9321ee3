package dev.flotilla.router.routing;

import dev.flotilla.catalog.Model;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.learning.shadow.Rules;
import dev.flotilla.router.exchange.TaskType;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code learning} of {@code routing.yaml} as it is written. */
record LearningWish(
    @Nullable Double share,
    @Nullable BigDecimal budgetUsdPerDay,
    @Nullable Double target,
    @Nullable String judge,
    @Nullable Map<String, List<String>> cheaper,
    boolean audits) {
  /** As the design has it: enough for a hundred pairs of two thousand requests. */
  private static final double USUAL_SHARE = 0.05;

  private static final BigDecimal MOST_USD_PER_DAY = BigDecimal.valueOf(1_000_000);

  /**
   * What it says.
   *
   * @param place where it stands, for messages
   * @param models who is behind a list of names at a place
   * @param first whom the policy asks first
   * @throws ConfigurationException naming the place, what was found and what to write instead
   */
  Learning learning(
      String place,
      BiFunction<String, List<String>, List<Model>> models,
      Function<TaskType, Model> first) {
    double share = this.share == null ? USUAL_SHARE : this.share;
    if (!(share > 0 && share <= 1)) {
      throw new ConfigurationException(
          place + "share is " + share + "; write a number above 0 and at most 1, like 0.05");
    }
    BigDecimal budget = budgetUsdPerDay;
    if (budget == null || budget.signum() <= 0 || budget.compareTo(MOST_USD_PER_DAY) > 0) {
      throw new ConfigurationException(
          place
              + "budget_usd_per_day is "
              + (budget == null ? "missing" : budget.toPlainString())
              + "; write what second answers may cost all routers together in a day, in US dollars, like 2.50");
    }
    double target = this.target == null ? Rules.USUAL.target() : this.target;
    if (!(target > 0 && target <= 1)) {
      throw new ConfigurationException(
          place
              + "target is "
              + target
              + "; write the share of quality to be kept, above 0 and at most 1, like 0.97");
    }
    Learning.Judge judges = judge(place);
    if (audits && judges == Learning.Judge.FEEDBACK) {
      throw new ConfigurationException(
          place
              + "audits is true, but with judge: feedback nobody is asked twice and no answers are compared; write judge: review or judge: validators, or leave audits out");
    }
    return new Learning(
        share,
        budget.movePointRight(9).longValue(),
        Rules.USUAL.withTarget(target),
        judges,
        cheaper(place, models, first),
        audits);
  }

  private Learning.Judge judge(String place) {
    for (Learning.Judge known : Learning.Judge.values()) {
      if (known.name().toLowerCase(Locale.ROOT).equals(judge)) {
        return known;
      }
    }
    throw new ConfigurationException(
        place
            + "judge is '"
            + judge
            + "'; write validators, review or feedback: who says how good an answer is");
  }

  private Map<TaskType, List<Model>> cheaper(
      String place,
      BiFunction<String, List<String>, List<Model>> models,
      Function<TaskType, Model> first) {
    var read = new EnumMap<TaskType, List<Model>>(TaskType.class);
    for (var entry : (cheaper == null ? Map.<String, List<String>>of() : cheaper).entrySet()) {
      String here = place + "cheaper." + entry.getKey();
      TaskType type =
          TaskType.of(entry.getKey())
              .orElseThrow(
                  () ->
                      new ConfigurationException(
                          here
                              + " names no task type; write complex, standard, structured or bulk"));
      List<Model> found = models.apply(here, entry.getValue());
      if (found.contains(first.apply(type))) {
        throw new ConfigurationException(
            here
                + " names "
                + first.apply(type).id()
                + ", which task_types."
                + type.word()
                + ".candidates asks first anyway; put the model to be compared with before it there");
      }
      read.put(type, found);
    }
    if (read.isEmpty()) {
      throw new ConfigurationException(
          place
              + "cheaper is missing; write for each task type which cheaper models are to be tried, like {standard: [fast]}");
    }
    return read;
  }
}
