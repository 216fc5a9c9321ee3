package dev.flotilla.learning.confidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.learning.BadData;
import dev.flotilla.learning.confidence.Calibration.Look;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers are made up, always the same: half of the questions are hard, and of those half fail. */
class ConfidenceTrainingTest {
  private static final Thresholds WANTED = new Thresholds(0.97, 0.9, 0.5, 0.8);

  @TempDir Path folder;

  private static List<AuditedAnswer> answers(String model, int count, boolean logprobs, long seed) {
    var random = new Random(seed);
    var answers = new ArrayList<AuditedAnswer>();
    for (int i = 0; i < count; i++) {
      boolean hard = random.nextBoolean();
      boolean good = !hard || random.nextBoolean();
      double logprob = -Math.abs((good ? 0.1 : 0.6) + 0.2 * random.nextGaussian());
      double agreement = Math.clamp((good ? 0.9 : 0.3) + 0.15 * random.nextGaussian(), 0, 1);
      answers.add(
          new AuditedAnswer(
              "bulk", model, new Features(logprobs ? logprob : null, agreement, null), good));
    }
    return answers;
  }

  @Test
  void accepted_answers_are_as_good_as_wanted_on_answers_nobody_learned_from() {
    ConfidenceModel model = ConfidenceTraining.train(answers("a/m", 3000, true, 1), "made up");
    Calibration calibration = model.of("bulk", "a/m").orElseThrow();
    List<AuditedAnswer> fresh = answers("a/m", 20_000, true, 2);
    for (double wanted : ConfidenceModel.WANTED) {
      Thresholds thresholds = calibration.wanting(wanted).orElseThrow();
      List<AuditedAnswer> accepted =
          fresh.stream()
              .filter(each -> Decision.of(calibration, thresholds, each.features()).accepted())
              .toList();
      double good =
          accepted.stream().filter(AuditedAnswer::good).count() / (double) accepted.size();
      assertTrue(good >= wanted, good + " of the accepted, not " + wanted);
      assertTrue(accepted.size() > fresh.size() / 2, accepted.size() + " accepted for " + wanted);
    }
  }

  @Test
  void a_second_answer_is_asked_for_only_where_it_may_tell() {
    Calibration calibration =
        ConfidenceTraining.train(answers("a/m", 3000, true, 1), "made up")
            .of("bulk", "a/m")
            .orElseThrow();
    Thresholds thresholds = calibration.wanting(0.97).orElseThrow();
    assertEquals(Look.ACCEPTED, calibration.look(new Features(-0.001, null, null), thresholds));
    assertEquals(Look.UNDECIDED, calibration.look(new Features(-0.4, null, null), thresholds));
    assertEquals(Look.REFUSED, calibration.look(new Features(-3.0, null, null), thresholds));
    assertEquals(Look.ACCEPTED, calibration.look(new Features(-0.4, 0.99, null), thresholds));
    assertEquals(Look.REFUSED, calibration.look(new Features(-0.4, 0.1, null), thresholds));
    assertEquals(
        Look.REFUSED,
        calibration.look(new Features(null, null, 1.0), thresholds),
        "nothing was learned of answers without logprobs");
  }

  @Test
  void without_logprobs_the_second_answer_decides() {
    Calibration calibration =
        ConfidenceTraining.train(answers("a/m", 3000, false, 1), "made up")
            .of("bulk", "a/m")
            .orElseThrow();
    Thresholds thresholds = calibration.wanting(0.97).orElseThrow();
    assertNull(thresholds.alone());
    assertEquals(Look.UNDECIDED, calibration.look(new Features(null, null, 1.0), thresholds));
    assertEquals(Look.ACCEPTED, calibration.look(new Features(null, 1.0, 1.0), thresholds));
  }

  @Test
  void a_group_of_few_learns_from_the_others_but_earns_its_own_thresholds() {
    var all = answers("a/m", 3000, true, 1);
    List<AuditedAnswer> few = answers("b/m", 40, true, 3);
    all.addAll(few);
    ConfidenceModel model = ConfidenceTraining.train(all, "made up");
    Calibration pooled = model.of("bulk", "b/m").orElseThrow();
    assertTrue(pooled.score(new Features(-0.01, null, null)).orElseThrow() > 0.9);
    assertTrue(pooled.score(new Features(-1.0, null, null)).orElseThrow() < 0.2);
    assertTrue(pooled.thresholds().stream().noneMatch(Thresholds::acceptsSome), "40 show nothing");
    assertTrue(model.of("bulk", "c/m").isEmpty());
  }

  @Test
  void a_model_whose_signs_say_nothing_is_never_accepted() {
    var random = new Random(4);
    var noise = new ArrayList<AuditedAnswer>();
    for (int i = 0; i < 2000; i++) {
      var features = new Features(-random.nextDouble(), random.nextDouble(), null);
      noise.add(new AuditedAnswer("bulk", "a/m", features, random.nextInt(10) < 8));
    }
    var thresholds =
        ConfidenceTraining.train(noise, "noise").of("bulk", "a/m").orElseThrow().thresholds();
    assertTrue(thresholds.stream().noneMatch(Thresholds::acceptsSome), thresholds::toString);
    ConfidenceEvaluation evaluation = ConfidenceEvaluation.of(noise).get("all");
    assertNotNull(evaluation);
    assertEquals(0.5, evaluation.auroc(), 0.05);
    assertEquals(1, evaluation.gates().getFirst().escalated());
    assertTrue(Double.isNaN(evaluation.gates().getFirst().goodOfAccepted()));
  }

  @Test
  void an_evaluation_judges_with_what_was_made_without_the_answer() {
    var all = ConfidenceEvaluation.of(answers("a/m", 3000, true, 1)).get("all");
    assertNotNull(all);
    assertEquals(3000, all.answers());
    assertTrue(all.auroc() > 0.95, all::toString);
    assertTrue(all.calibrationError() < 0.03, all::toString);
    var at97 = all.gates().get(ConfidenceModel.WANTED.indexOf(0.97));
    assertTrue(at97.goodOfAccepted() > 0.965 && at97.goodOfAll() < 0.8, at97::toString);
    assertTrue(at97.escalated() < 0.5 && at97.asksAgain() > 0.05, at97::toString);
  }

  @Test
  void the_bound_is_the_exact_binomial_one() {
    assertEquals(Math.pow(0.97, 100), Acceptance.atLeast(100, 100, 0.97), 1e-9);
    assertEquals(1, Acceptance.atLeast(0, 100, 0.97), 1e-9);
    assertEquals(0.5, Acceptance.atLeast(51, 101, 0.5), 1e-9);
    assertTrue(Acceptance.atLeast(48_000, 50_000, 0.97) > 0.999);
  }

  @Test
  void what_was_written_is_read_again_and_the_same_data_make_the_same_bytes() throws Exception {
    ConfidenceModel model = ConfidenceTraining.train(answers("a/m", 500, true, 1), "made up");
    Path file = folder.resolve("confidence.model");
    model.write(file);
    assertEquals(model, ConfidenceModel.read(file));
    String first = Files.readString(file);
    ConfidenceTraining.train(answers("a/m", 500, true, 1), "made up").write(file);
    assertEquals(first, Files.readString(file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "null",
        "{\"flotilla\":\"confidence 0\",\"trained_on\":\"x\",\"calibrations\":[]}"
      })
  void a_file_that_is_something_else_is_refused(String content) throws Exception {
    Path file = Files.writeString(folder.resolve("confidence.model"), content);
    var e = assertThrows(BadData.class, () -> ConfidenceModel.read(file));
    assertTrue(String.valueOf(e.getMessage()).contains("./fleet train confidence"), e::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'good' | {'task_type':'bulk','model':'a/m','features':{'logprob':-1}}",
        "'good' | {'task_type':'bulk','model':'a/m','features':{'logprob':-1},'good':2}",
        "'logprob' | {'task_type':'bulk','model':'a/m','features':{'logprob':1},'good':1}",
        "'agreement' | {'task_type':'bulk','model':'a/m','features':{'agreement':1.1},'good':1}",
        "'stated' | {'task_type':'bulk','model':'a/m','features':{'logprob':-1,'stated':0.5},'good':1}",
        "too little alone | {'task_type':'bulk','model':'a/m','features':{'stated':1},'good':1}",
        "'features.logprob' | {'task_type':'bulk','model':'a/m','features':{'logprob':'x'},'good':1}",
        "'model' | {'task_type':'bulk','features':{'logprob':-1},'good':1}"
      })
  void a_line_that_cannot_be_learned_from_says_why(String row) throws Exception {
    String[] parts = row.split(" \\| ", 2);
    Path file = Files.writeString(folder.resolve("audits.jsonl"), parts[1].replace('\'', '"'));
    var e = assertThrows(BadData.class, () -> AuditedAnswer.read(file));
    assertTrue(String.valueOf(e.getMessage()).contains(parts[0]), e::toString);
    assertTrue(String.valueOf(e.getMessage()).contains("audits.jsonl:1"), e::toString);
  }

  @Test
  void thresholds_go_together() {
    assertTrue(WANTED.acceptsSome());
    assertThrows(IllegalArgumentException.class, () -> new Thresholds(0.9, null, 0.5, null));
  }
}
