package dev.flotilla.learning.confidence;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * How sure one may be of a model's answers to one kind of work.
 *
 * @param answers how many were audited
 * @param good share of them
 * @param one weights for one answer; null when no score can be had without a second one
 * @param two weights for an answer beside a second one; null when none was audited with one
 * @param thresholds one for each of {@link ConfidenceModel#WANTED}
 */
public record Calibration(
    String taskType,
    String model,
    int answers,
    double good,
    @Nullable Weights one,
    @Nullable Weights two,
    List<Thresholds> thresholds) {
  public Calibration {
    thresholds = List.copyOf(thresholds);
  }

  /** How likely an answer is good; empty where its features are not those it was learned from. */
  public OptionalDouble score(Features features) {
    Weights weights = features.agreement() == null ? one : two;
    return weights == null ? OptionalDouble.empty() : weights.score(features);
  }

  /** What an answer's score makes of it. */
  public enum Look {
    ACCEPTED,
    /** A second answer may tell. */
    UNDECIDED,
    REFUSED
  }

  /** Whether an answer is good enough; never undecided beside a second one. */
  public Look look(Features features, Thresholds thresholds) {
    OptionalDouble score = score(features);
    if (features.agreement() != null) {
      return reaches(score, thresholds.beside()) ? Look.ACCEPTED : Look.REFUSED;
    }
    if (reaches(score, thresholds.alone())) {
      return Look.ACCEPTED;
    }
    if (score.isEmpty()) {
      boolean tellable = score(features.agreeing(1)).isPresent();
      return tellable && thresholds.beside() != null ? Look.UNDECIDED : Look.REFUSED;
    }
    return reaches(score, thresholds.undecided()) ? Look.UNDECIDED : Look.REFUSED;
  }

  private static boolean reaches(OptionalDouble score, @Nullable Double threshold) {
    return threshold != null && score.isPresent() && score.getAsDouble() >= threshold;
  }

  /** The thresholds for a wanted share; empty when it is none of those that were made. */
  public Optional<Thresholds> wanting(double share) {
    return thresholds.stream().filter(each -> each.wanted() == share).findFirst();
  }

  /** Whether answers without logprobs have no score, whatever else is known of them. */
  @JsonIgnore
  public boolean needsLogprob() {
    return (one == null || one.needsLogprob()) && (two == null || two.needsLogprob());
  }

  /** Whether answers that state nothing of themselves have no score. */
  @JsonIgnore
  public boolean needsStated() {
    return (one == null || one.needsStated()) && (two == null || two.needsStated());
  }
}
