package dev.flotilla.learning.confidence;

import dev.flotilla.learning.CalibrationError;
import dev.flotilla.learning.CalibrationError.Said;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What is to be expected of a model made from some data: each answer is judged by weights and
 * thresholds that were made without it, in five folds.
 *
 * @param answers how many could be given a score
 * @param auroc how likely a good answer has the higher score of a good and a bad one; 0.5 is chance
 * @param calibrationError how far scores are from the share of good answers, 0 is honest
 * @param gates by wanted share of good answers
 */
public record ConfidenceEvaluation(
    int answers, double auroc, double calibrationError, List<Gated> gates) {
  public ConfidenceEvaluation {
    gates = List.copyOf(gates);
  }

  /**
   * What became of the answers with the thresholds for one wanted share.
   *
   * @param wanted share of the accepted answers that are to be good
   * @param asksAgain share of the answers for which a second one is asked
   * @param escalated share of the answers that are not accepted
   * @param goodOfAccepted share; NaN when none is accepted
   * @param goodOfAll share of all answers, for comparison
   */
  public record Gated(
      double wanted, double asksAgain, double escalated, double goodOfAccepted, double goodOfAll) {}

  private record Judged(AuditedAnswer answer, Calibration by) {
    OptionalDouble score() {
      Features own = answer.features();
      OptionalDouble both = by.score(own);
      return both.isPresent() ? both : by.score(new Features(own.logprob(), null, own.stated()));
    }

    Decision decision(Thresholds thresholds) {
      return Decision.of(by, thresholds, answer.features());
    }
  }

  /** Of all answers under {@code "all"}, and of each task type and model. */
  public static Map<String, ConfidenceEvaluation> of(List<AuditedAnswer> answers) {
    List<Judged> judged = judged(answers);
    var byGroup = new LinkedHashMap<String, List<Judged>>();
    byGroup.put("all", judged);
    for (Judged each : judged) {
      String name = each.answer().taskType() + " " + each.answer().model();
      byGroup.computeIfAbsent(name, none -> new ArrayList<>()).add(each);
    }
    var evaluations = new LinkedHashMap<String, ConfidenceEvaluation>();
    byGroup.forEach((name, own) -> evaluations.put(name, evaluate(own)));
    return evaluations;
  }

  private static List<Judged> judged(List<AuditedAnswer> answers) {
    int[] foldOf = ConfidenceTraining.folds(answers);
    var judged = new ArrayList<Judged>();
    for (int fold = 0; fold < ConfidenceTraining.FOLDS; fold++) {
      var seen = new ArrayList<AuditedAnswer>();
      for (int i = 0; i < foldOf.length; i++) {
        if (foldOf[i] != fold) {
          seen.add(answers.get(i));
        }
      }
      ConfidenceModel model = ConfidenceTraining.train(seen, "the other folds");
      for (int i = 0; i < foldOf.length; i++) {
        AuditedAnswer answer = answers.get(i);
        if (foldOf[i] == fold) {
          model
              .of(answer.taskType(), answer.model())
              .ifPresent(calibration -> judged.add(new Judged(answer, calibration)));
        }
      }
    }
    return judged;
  }

  private static ConfidenceEvaluation evaluate(List<Judged> judged) {
    List<Said> said =
        judged.stream()
            .filter(each -> each.score().isPresent())
            .map(each -> new Said(each.score().getAsDouble(), each.answer().good()))
            .toList();
    return new ConfidenceEvaluation(
        said.size(),
        auroc(said),
        said.isEmpty() ? Double.NaN : CalibrationError.of(said),
        ConfidenceModel.WANTED.stream().map(wanted -> gated(judged, wanted)).toList());
  }

  private static Gated gated(List<Judged> judged, double wanted) {
    int again = 0;
    int accepted = 0;
    int good = 0;
    int goodOfAll = 0;
    for (Judged each : judged) {
      Decision decision = each.decision(each.by().wanting(wanted).orElseThrow());
      again += decision.second() ? 1 : 0;
      accepted += decision.accepted() ? 1 : 0;
      good += decision.accepted() && each.answer().good() ? 1 : 0;
      goodOfAll += each.answer().good() ? 1 : 0;
    }
    double all = judged.size();
    return new Gated(
        wanted, again / all, 1 - accepted / all, good / (double) accepted, goodOfAll / all);
  }

  /** By ranks; ties count half. NaN when there are only good or only bad ones. */
  private static double auroc(List<Said> said) {
    List<Said> sorted = said.stream().sorted(Comparator.comparingDouble(Said::likely)).toList();
    double ranks = 0;
    long good = said.stream().filter(Said::cameTrue).count();
    for (int from = 0; from < sorted.size(); ) {
      int to = from;
      int goodHere = 0;
      while (to < sorted.size() && sorted.get(to).likely() == sorted.get(from).likely()) {
        goodHere += sorted.get(to).cameTrue() ? 1 : 0;
        to++;
      }
      ranks += goodHere * (from + 1 + to) / 2.0;
      from = to;
    }
    return (ranks - good * (good + 1) / 2.0) / (good * (double) (said.size() - good));
  }
}
