package dev.flotilla.learning.confidence;

import dev.flotilla.learning.Folds;
import dev.flotilla.learning.confidence.AuditedAnswer.Group;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a model of audited answers: weights from all of them, thresholds from scores of answers
 * that the weights had not seen. The same bytes from the same data.
 */
public final class ConfidenceTraining {
  static final int FOLDS = 5;

  /** Any will do, as long as it stays. */
  static final long SEED = 1;

  /**
   * Of the answers that a second one made acceptable, the share with the lowest scores for which
   * none is asked: it costs as much for them as for all others.
   */
  private static final double NOT_WORTH_ASKING = 0.05;

  private ConfidenceTraining() {}

  /**
   * Learns from audited answers.
   *
   * @param trainedOn which data, in words
   */
  public static ConfidenceModel train(List<AuditedAnswer> answers, String trainedOn) {
    List<Scored> scored = withheld(answers);
    Map<Group, Weights> one = Fit.of(answers, false);
    Map<Group, Weights> two = Fit.of(answers, true);
    Map<Group, List<Scored>> byGroup =
        scored.stream()
            .collect(
                Collectors.groupingBy(
                    each -> each.answer().group(), LinkedHashMap::new, Collectors.toList()));
    var calibrations = new ArrayList<Calibration>();
    byGroup.forEach(
        (group, own) ->
            calibrations.add(
                new Calibration(
                    group.taskType(),
                    group.model(),
                    own.size(),
                    own.stream().filter(each -> each.answer().good()).count() / (double) own.size(),
                    one.get(group),
                    two.get(group),
                    ConfidenceModel.WANTED.stream()
                        .map(wanted -> thresholds(own, wanted))
                        .toList())));
    return new ConfidenceModel(trainedOn, calibrations);
  }

  /**
   * An answer and what weights say of it that have not seen it.
   *
   * @param one how likely it is good by itself; null when that cannot be said
   * @param two the same beside a second answer
   */
  record Scored(AuditedAnswer answer, @Nullable Double one, @Nullable Double two) {}

  private static List<Scored> withheld(List<AuditedAnswer> answers) {
    int[] foldOf = folds(answers);
    var scored = new ArrayList<Scored>();
    for (int fold = 0; fold < FOLDS; fold++) {
      var seen = new ArrayList<AuditedAnswer>();
      for (int i = 0; i < foldOf.length; i++) {
        if (foldOf[i] != fold) {
          seen.add(answers.get(i));
        }
      }
      Map<Group, Weights> one = Fit.of(seen, false);
      Map<Group, Weights> two = Fit.of(seen, true);
      for (int i = 0; i < foldOf.length; i++) {
        if (foldOf[i] == fold) {
          AuditedAnswer answer = answers.get(i);
          scored.add(
              new Scored(
                  answer,
                  score(one.get(answer.group()), answer),
                  score(two.get(answer.group()), answer)));
        }
      }
    }
    return scored;
  }

  /** As many of each group, good and bad, in each fold. */
  static int[] folds(List<AuditedAnswer> answers) {
    return Folds.of(
        FOLDS, answers.stream().map(each -> Map.entry(each.group(), each.good())).toList(), SEED);
  }

  private static @Nullable Double score(@Nullable Weights weights, AuditedAnswer answer) {
    if (weights == null) {
      return null;
    }
    var score = weights.score(answer.features());
    return score.isPresent() ? score.getAsDouble() : null;
  }

  private static Thresholds thresholds(List<Scored> own, double wanted) {
    Double alone = Acceptance.from(own, Scored::one, wanted);
    List<Scored> rest =
        own.stream()
            .filter(each -> each.one() == null || alone == null || each.one() < alone)
            .toList();
    Double beside = Acceptance.from(rest, Scored::two, wanted);
    if (beside == null) {
      return new Thresholds(wanted, alone, null, null);
    }
    double[] saved =
        rest.stream()
            .filter(each -> each.two() != null && each.two() >= beside)
            .mapToDouble(each -> each.one() == null ? 0 : each.one())
            .sorted()
            .toArray();
    return new Thresholds(wanted, alone, saved[(int) (saved.length * NOT_WORTH_ASKING)], beside);
  }
}
