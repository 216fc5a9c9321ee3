package dev.flotilla.router.routing;

import dev.flotilla.catalog.Model;
import dev.flotilla.router.classification.Asking;
import dev.flotilla.router.classification.Classifier;
import dev.flotilla.router.confidence.Gates;
import dev.flotilla.router.exchange.AskedChecks;
import dev.flotilla.router.exchange.BestEffort;
import dev.flotilla.router.exchange.OnExhausted;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.gain.GainRouter;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A routing policy as its file says it.
 *
 * @param version changes whenever a decision could
 * @param baseline the model that would have been asked without routing; null when the file names
 *     none
 * @param tasks for each task type its candidates and validators
 * @param quality what is expected of models, by id, 0 to 10; a model that is not there has no
 *     figure
 * @param asking when a model is asked what kind of work a request is; null is never
 * @param learning how it is found out which cheaper models are good enough; null is not at all
 */
public record Routing(
    String version,
    @Nullable Model baseline,
    Map<TaskType, Task> tasks,
    Map<String, BigDecimal> quality,
    Classifier classifier,
    @Nullable Asking asking,
    @Nullable Learning learning) {
  public Routing {
    tasks = Map.copyOf(tasks);
    quality = Map.copyOf(quality);
  }

  /**
   * What is done about a type of task.
   *
   * @param candidates at least one, best first
   * @param validators rules every answer must satisfy; empty when there are none
   * @param bestEffort what is given when no answer satisfies its validators
   * @param onExhausted what becomes of a request that nobody answers
   * @param gates whose answers are doubted
   * @param gain puts a cheap or a strong model first, request by request; null when the order of
   *     the candidates holds for all
   */
  public record Task(
      List<Model> candidates,
      List<AskedChecks.Rule> validators,
      BestEffort bestEffort,
      OnExhausted onExhausted,
      Gates gates,
      @Nullable GainRouter gain) {
    public Task {
      candidates = List.copyOf(candidates);
      validators = List.copyOf(validators);
    }
  }

  /** What is done about a type of task. */
  public Task task(TaskType type) {
    Task task = tasks.get(type);
    if (task == null) {
      throw new IllegalStateException("no candidates for " + type.word());
    }
    return task;
  }
}
