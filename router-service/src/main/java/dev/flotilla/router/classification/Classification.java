package dev.flotilla.router.classification;

import dev.flotilla.router.exchange.TaskType;
import java.util.List;

/**
 * What kind of task a request was taken for.
 *
 * @param confidence 0 to 1: how often this signal was right on labelled prompts; 1 when the caller
 *     said so
 * @param decidedBy who decided
 * @param matchedRules names of the rules that fired, the deciding one first
 * @param signals all that were asked and what they said; empty when there was one at most
 */
public record Classification(
    TaskType taskType,
    double confidence,
    DecidedBy decidedBy,
    List<String> matchedRules,
    List<Signal> signals) {
  public Classification {
    matchedRules = List.copyOf(matchedRules);
    signals = List.copyOf(signals);
  }

  /** One that a single signal decided. */
  public Classification(
      TaskType taskType, double confidence, DecidedBy decidedBy, List<String> matchedRules) {
    this(taskType, confidence, decidedBy, matchedRules, List.of());
  }

  /** What one of several said. */
  public record Signal(DecidedBy from, TaskType taskType, double confidence) {}

  /** Who decided, as headers and metrics say it. */
  public enum DecidedBy {
    HINT,
    RULES,
    CLASSIFIER,
    DEFAULT;

    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** The caller named the type; nothing was classified. */
  public static Classification hinted(TaskType type) {
    return new Classification(type, 1, DecidedBy.HINT, List.of());
  }
}
