package dev.flotilla.local.learning;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.learning.BadData;
import dev.flotilla.learning.confidence.AuditedAnswer;
import dev.flotilla.learning.confidence.Calibration;
import dev.flotilla.learning.confidence.ConfidenceEvaluation;
import dev.flotilla.learning.confidence.ConfidenceModel;
import dev.flotilla.learning.confidence.ConfidenceTraining;
import dev.flotilla.learning.confidence.Thresholds;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code ./fleet train confidence} and {@code ./fleet eval confidence}. */
public final class ConfidenceDesk {
  /** What a router is told to read. */
  private static final Path MODEL = Path.of("config", "confidence.model");

  private final Path tree;
  private final Terminal out;

  public ConfidenceDesk(Path tree, Terminal out) {
    this.tree = tree;
    this.out = out;
  }

  /** Writes the model that {@code confidence} in {@code routing.yaml} names. */
  public void train(Path file) throws IOException, BadData {
    List<AuditedAnswer> answers = audited(file);
    ConfidenceModel model =
        ConfidenceTraining.train(
            answers,
            "%s (%d answers, sha256:%s)"
                .formatted(file.getFileName(), answers.size(), LearningDesk.digest(file)));
    model.write(tree.resolve(MODEL));
    out.line(MODEL + ": trained on " + model.trainedOn());
    for (Calibration each : model.calibrations()) {
      List<Double> shown =
          each.thresholds().stream()
              .filter(Thresholds::acceptsSome)
              .map(Thresholds::wanted)
              .toList();
      out.line(
          "%s %s: %d audited, %s good; accept can be %s"
              .formatted(
                  each.taskType(),
                  each.model(),
                  each.answers(),
                  LearningDesk.percent(each.good()),
                  shown.isEmpty() ? "nothing yet: audit more" : shown));
    }
  }

  /** Says what is to be expected of a model made from a file. */
  public void eval(Path file, boolean json) throws IOException, BadData {
    Map<String, ConfidenceEvaluation> evaluations = ConfidenceEvaluation.of(audited(file));
    if (json) {
      ObjectNode told = new ObjectMapper().createObjectNode();
      evaluations.forEach((name, each) -> told.set(name, json(each)));
      out.line(told.toString());
      return;
    }
    var scores = new Table("answers of", ">with a score", ">AUROC", ">calibration error");
    evaluations.forEach(
        (name, each) ->
            scores.row(
                name,
                Integer.toString(each.answers()),
                LearningDesk.decimal(each.auroc()),
                LearningDesk.decimal(each.calibrationError())));
    scores.print(out);
    out.line("");
    var gates =
        new Table(
            "answers of",
            ">accept",
            ">asked twice",
            ">escalated",
            ">good of accepted",
            ">good of all");
    evaluations.forEach((name, each) -> each.gates().forEach(gate -> row(name, gate, gates)));
    gates.print(out);
  }

  private static List<AuditedAnswer> audited(Path file) throws IOException, BadData {
    if (!Files.isReadable(file)) {
      throw new BadData(
          file
              + " cannot be read; write a file with {\"task_type\": \"bulk\", \"model\": …,"
              + " \"features\": {\"logprob\": -0.1, \"agreement\": 0.9}, \"good\": 1} in each line");
    }
    return AuditedAnswer.read(file);
  }

  private static void row(String name, ConfidenceEvaluation.Gated gate, Table table) {
    table.row(
        name,
        Double.toString(gate.wanted()),
        LearningDesk.percent(gate.asksAgain()),
        LearningDesk.percent(gate.escalated()),
        Double.isNaN(gate.goodOfAccepted()) ? "-" : LearningDesk.percent(gate.goodOfAccepted()),
        LearningDesk.percent(gate.goodOfAll()));
  }

  private static ObjectNode json(ConfidenceEvaluation evaluation) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("answers", evaluation.answers())
        .put("auroc", finite(evaluation.auroc()))
        .put("calibration_error", finite(evaluation.calibrationError()));
    var gates = json.putArray("gates");
    for (ConfidenceEvaluation.Gated gate : evaluation.gates()) {
      gates
          .addObject()
          .put("accept", gate.wanted())
          .put("asked_twice", gate.asksAgain())
          .put("escalated", gate.escalated())
          .put("good_of_accepted", finite(gate.goodOfAccepted()))
          .put("good_of_all", gate.goodOfAll());
    }
    return json;
  }

  /** JSON has no word for what is none. */
  private static @Nullable Double finite(double number) {
    return Double.isFinite(number) ? number : null;
  }
}
