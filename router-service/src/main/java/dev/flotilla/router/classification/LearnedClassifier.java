package dev.flotilla.router.classification;

import dev.flotilla.learning.tasktype.TaskTypeModel;
import dev.flotilla.learning.tasktype.TaskTypeModel.Judgement;
import dev.flotilla.router.classification.Classification.DecidedBy;
import dev.flotilla.router.classification.Classification.Signal;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.TaskType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Facts of the request decide alone. Otherwise the surer one decides of a platform team's rules and
 * what was learned from labelled prompts; a rule with a confidence of 1 always does.
 */
public final class LearnedClassifier implements Classifier {
  private final KeywordClassifier rules;
  private final TaskTypeModel model;

  /**
   * @param model whose labels are task types
   */
  public LearnedClassifier(KeywordClassifier rules, TaskTypeModel model) {
    this.rules = rules;
    this.model = model;
    model.labels().forEach(LearnedClassifier::type);
  }

  @Override
  public Classification classify(ChatRequest request) {
    Classification ruled = rules.classify(request);
    if (KeywordClassifier.byFacts(request)) {
      return ruled;
    }
    Judgement judgement = model.judge(request.lastUserText());
    var learned =
        new Signal(
            DecidedBy.CLASSIFIER, type(judgement.label()), thousandths(judgement.confidence()));
    var signals =
        List.of(new Signal(ruled.decidedBy(), ruled.taskType(), ruled.confidence()), learned);
    Signal surer =
        ruled.decidedBy() == DecidedBy.RULES && ruled.confidence() >= learned.confidence()
            ? signals.getFirst()
            : learned;
    return new Classification(
        surer.taskType(),
        surer.confidence(),
        surer.from(),
        ruled.matchedRules(),
        signals,
        likely(judgement),
        null);
  }

  private static Map<TaskType, Double> likely(Judgement judgement) {
    var likely = new EnumMap<TaskType, Double>(TaskType.class);
    judgement.all().forEach((label, probability) -> likely.put(type(label), probability));
    return likely;
  }

  private static TaskType type(String label) {
    return TaskType.of(label)
        .orElseThrow(() -> new IllegalArgumentException(label + " is no task type"));
  }

  /** Nobody trusts a fourth digit. */
  private static double thousandths(double confidence) {
    return Math.round(confidence * 1_000) / 1_000.0;
  }
}
