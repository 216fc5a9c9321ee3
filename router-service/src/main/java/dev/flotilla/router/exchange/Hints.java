package dev.flotilla.router.exchange;

import dev.flotilla.kit.json.Json;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a request wants to be routed, beside what it asks. Null is "not said" everywhere.
 *
 * @param taskType skips the classification of {@code auto}
 * @param qualityThreshold 0 to 10; models of which less is expected are not asked
 * @param fallbacks who is asked when the models named before have failed
 * @param maxCostNanos most that all attempts together may cost, nano-dollars
 * @param timeout how long the caller waits
 * @param validate what the answer must satisfy
 * @param bestEffort what is given when no answer satisfies that
 * @param onExhausted what becomes of the request when nobody answers it
 * @param dryRun whether to explain instead of asking
 * @param tags for the ledger; empty when there are none
 */
public record Hints(
    @Nullable TaskType taskType,
    @Nullable BigDecimal qualityThreshold,
    @Nullable List<String> fallbacks,
    @Nullable Long maxCostNanos,
    @Nullable CacheUse cache,
    @Nullable Duration timeout,
    @Nullable AskedChecks validate,
    @Nullable BestEffort bestEffort,
    @Nullable OnExhausted onExhausted,
    @Nullable Boolean dryRun,
    Map<String, String> tags) {
  public static final Hints NONE =
      new Hints(null, null, null, null, null, null, null, null, null, null, Map.of());

  public Hints {
    fallbacks = fallbacks == null ? null : List.copyOf(fallbacks);
    tags = Map.copyOf(tags);
  }

  /** These hints, and the others' where these say nothing. */
  public Hints orElse(Hints others) {
    var allTags = new HashMap<>(others.tags);
    allTags.putAll(tags);
    return new Hints(
        first(taskType, others.taskType),
        first(qualityThreshold, others.qualityThreshold),
        first(fallbacks, others.fallbacks),
        first(maxCostNanos, others.maxCostNanos),
        first(cache, others.cache),
        first(timeout, others.timeout),
        first(validate, others.validate),
        first(bestEffort, others.bestEffort),
        first(onExhausted, others.onExhausted),
        first(dryRun, others.dryRun),
        allTags);
  }

  public CacheUse cacheUse() {
    return cache == null ? CacheUse.DEFAULT : cache;
  }

  /** Empty when there are none. */
  public List<String> fallbacksOrNone() {
    return fallbacks == null ? List.of() : fallbacks;
  }

  public boolean isDryRun() {
    return Boolean.TRUE.equals(dryRun);
  }

  /**
   * The hints that decide who answers or what is accepted, as text: two requests that differ in
   * them must not share a cached answer. What an answer may cost or how long it may take is not
   * among them: a kept answer costs nothing and is there at once.
   */
  public String answerDefining() {
    if (taskType == null
        && qualityThreshold == null
        && fallbacks == null
        && validate == null
        && bestEffort == null) {
      return "";
    }
    var text = Json.object();
    text.put("task_type", taskType == null ? null : taskType.word());
    text.put("quality", qualityThreshold == null ? null : qualityThreshold.toPlainString());
    fallbacksOrNone().forEach(text.putArray("fallbacks")::add);
    if (validate != null) {
      text.set("schema", validate.schema());
      validate.rules().forEach(rule -> text.withArray("rules").add(rule.rule()));
    }
    if (bestEffort != null) {
      text.put("best_effort", bestEffort.word());
    }
    return Json.text(text);
  }

  private static <T> @Nullable T first(@Nullable T mine, @Nullable T other) {
    return mine == null ? other : mine;
  }
}
