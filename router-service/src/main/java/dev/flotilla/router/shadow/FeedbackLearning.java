package dev.flotilla.router.shadow;

import dev.flotilla.catalog.Model;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.routing.Learning;
import dev.flotilla.router.routing.Learning.Judge;
import dev.flotilla.router.routing.Routing;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Learns from what callers say, where they are the judges. Which of two models answered a request
 * was left to chance, so a score of one and a score of the other make a pair like any two.
 */
record FeedbackLearning(Routing routing, LessonBook book) {

  /** A caller gave a model's answer a score from 0 to 1. */
  void heard(TaskType type, String model, double score) {
    Learning learning = routing.learning();
    if (learning == null || learning.judge() != Judge.FEEDBACK) {
      return;
    }
    List<Model> cheaper = learning.cheaper().getOrDefault(type, List.of());
    Model candidate =
        cheaper.stream().filter(each -> each.id().equals(model)).findFirst().orElse(null);
    if (candidate != null) {
      book.heard(type, candidate, LessonBook.Side.CANDIDATE, score, learning);
    } else if (!cheaper.isEmpty() && isReference(model, type, cheaper)) {
      book.heard(type, cheaper.getFirst(), LessonBook.Side.REFERENCE, score, learning);
    }
  }

  private boolean isReference(String model, TaskType type, List<Model> cheaper) {
    @Nullable Model reference =
        routing.task(type).candidates().stream()
            .filter(each -> !cheaper.contains(each))
            .findFirst()
            .orElse(null);
    return reference != null && reference.id().equals(model);
  }
}
