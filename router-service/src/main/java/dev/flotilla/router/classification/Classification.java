package dev.flotilla.router.classification;

import dev.flotilla.router.exchange.TaskType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What kind of task a request was taken for.
 *
 * @param confidence 0 to 1: how often this signal was right on labelled prompts; 1 when the caller
 *     said so
 * @param decidedBy who decided
 * @param matchedRules names of the rules that fired, the deciding one first
 * @param signals all that were asked and what they said; empty when there was one at most
 * @param likely how likely each type is by what was learned; empty when nothing was
 * @param detail what a model said beyond the type; null when none was asked
 */
public record Classification(
    TaskType taskType,
    double confidence,
    DecidedBy decidedBy,
    List<String> matchedRules,
    List<Signal> signals,
    Map<TaskType, Double> likely,
    @Nullable Detail detail) {
  /**
   * A model is believed only where what was learned leaves it possible: a text that talks a model
   * into something seldom talks the learned one into it. Of 110 orders in words that nobody had
   * thought of 10 left more than 0.15 to the strongest kind, and 4 more than 0.25.
   */
  private static final double POSSIBLE = 0.25;

  /** How often a cheap model is taken to be right; nobody measured it here. */
  private static final double MODEL_IS_RIGHT = 0.8;

  public Classification {
    matchedRules = List.copyOf(matchedRules);
    signals = List.copyOf(signals);
    likely = Map.copyOf(likely);
  }

  /** One that a single signal decided. */
  public Classification(
      TaskType taskType, double confidence, DecidedBy decidedBy, List<String> matchedRules) {
    this(taskType, confidence, decidedBy, matchedRules, List.of(), Map.of(), null);
  }

  /**
   * What a model says of a request.
   *
   * @param score how hard it is, 1 to 5
   * @param intent in its words; null when it said none
   */
  public record Detail(int score, @Nullable String intent) {}

  /**
   * What it is after a model was asked: what the model says where that is possible, and otherwise
   * this.
   *
   * @param said null when its answer could not be read, which makes it {@code standard}
   */
  public Classification afterAsking(TaskTypeQuestion.@Nullable Answer said) {
    TaskType type = said == null ? TaskType.STANDARD : said.taskType();
    double before = likely.getOrDefault(type, 0.0);
    double after =
        before * MODEL_IS_RIGHT / (before * MODEL_IS_RIGHT + (1 - before) * (1 - MODEL_IS_RIGHT));
    double confidence = Math.round((said == null ? before : after) * 1_000) / 1_000.0;
    var all = new ArrayList<>(signals);
    all.add(new Signal(DecidedBy.LLM, type, confidence));
    Detail told = said == null ? null : new Detail(said.score(), said.intent());
    return said != null && before < POSSIBLE
        ? new Classification(taskType, this.confidence, decidedBy, matchedRules, all, likely, told)
        : new Classification(type, confidence, DecidedBy.LLM, matchedRules, all, likely, told);
  }

  /** What one of several said. */
  public record Signal(DecidedBy from, TaskType taskType, double confidence) {}

  /** Who decided, as headers and metrics say it. */
  public enum DecidedBy {
    HINT,
    RULES,
    CLASSIFIER,
    LLM,
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
