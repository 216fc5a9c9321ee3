package dev.flotilla.local.learning;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.learning.BadData;
import dev.flotilla.learning.DecisionTimes;
import dev.flotilla.learning.gain.GainCurve;
import dev.flotilla.learning.gain.GainEvaluation;
import dev.flotilla.learning.gain.GainFile;
import dev.flotilla.learning.gain.KeptQuality;
import dev.flotilla.learning.gain.MeasuredGain;
import dev.flotilla.learning.gain.RecordedPair;
import dev.flotilla.learning.tasktype.Judged;
import dev.flotilla.learning.tasktype.LabelledPrompt;
import dev.flotilla.learning.tasktype.TaskTypeEvaluation;
import dev.flotilla.learning.tasktype.TaskTypeFile;
import dev.flotilla.learning.tasktype.TaskTypeTraining;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code ./fleet train} and {@code ./fleet eval}. */
public final class LearningDesk {
  /** What the router reads. */
  private static final Path MODEL = Path.of("config", "task-types.model");

  /** Written for this, so that little data of few sources teaches more than their habits. */
  private static final Path SEEDS = Path.of("learning", "data", "seeds.jsonl");

  private static final List<String> LABELS = List.of("complex", "standard", "structured", "bulk");

  /** Every how many percent of strong calls are shown. */
  private static final int SHOWN_PERCENT = 10;

  private final Path tree;
  private final Terminal out;

  public LearningDesk(Path tree, Terminal out) {
    this.tree = tree;
    this.out = out;
  }

  /** Writes the model of task types that the router uses. */
  public void trainClassifier(Path file) throws IOException, BadData {
    List<LabelledPrompt> data = labelled(file);
    var model =
        new TaskTypeTraining(LABELS)
            .train(
                data,
                labelled(tree.resolve(SEEDS)),
                "%s (%d prompts, sha256:%s) and %s (sha256:%s)"
                    .formatted(
                        file.getFileName(),
                        data.size(),
                        digest(file),
                        SEEDS,
                        digest(tree.resolve(SEEDS))));
    TaskTypeFile.write(model, tree.resolve(MODEL));
    out.line(MODEL + ": trained on " + model.trainedOn());
  }

  /** Says what is to be expected of a model made from a file. */
  public void evalClassifier(Path file, boolean json) throws IOException, BadData {
    var evaluation = TaskTypeEvaluation.of(labelled(file), labelled(tree.resolve(SEEDS)), LABELS);
    if (json) {
      out.line(json(evaluation));
      return;
    }
    var table = new Table("prompts withheld", ">accuracy", ">macro-F1", ">calibration error");
    row("five folds", evaluation.crossValidated(), table);
    row("each source", evaluation.sourceLeftOut(), table);
    row("five folds, without our seeds", evaluation.crossValidatedWithoutSeeds(), table);
    row("each source, without our seeds", evaluation.sourceLeftOutWithoutSeeds(), table);
    table.print(out);
    out.line("");
    confusion("five folds", evaluation.crossValidated());
    out.line("");
    confusion("each source", evaluation.sourceLeftOut());
    out.line("");
    say(evaluation.decisions());
  }

  /**
   * Writes a model that a routing policy may name.
   *
   * @param to the file to write
   */
  public void trainGain(Path file, Path to) throws IOException, BadData {
    RecordedPair.Recorded recorded = recorded(file);
    MeasuredGain gain;
    try {
      gain =
          MeasuredGain.of(
              recorded,
              "%s (%d prompts, sha256:%s)"
                  .formatted(file.getFileName(), recorded.pairs().size(), digest(file)));
    } catch (BadData e) {
      throw new BadData(file + ": " + e.getMessage());
    }
    try {
      GainFile.write(gain, to);
    } catch (IOException e) {
      throw new IOException(to + " cannot be written; name a file in a folder that exists", e);
    }
    out.line(to + ": trained on " + gain.trainedOn());
    out.line("What is kept of the quality of " + gain.strong() + ":");
    var table = new Table(">strong calls", ">threshold", ">quality");
    for (KeptQuality.Point point : gain.kept().points()) {
      if (point.percent() % SHOWN_PERCENT == 0) {
        table.row(point.percent() + " %", decimal(point.threshold()), percent(point.quality()));
      }
    }
    table.print(out);
  }

  static RecordedPair.Recorded recorded(Path file) throws IOException, BadData {
    if (!Files.isReadable(file)) {
      throw new BadData(
          file
              + " cannot be read; write a file with {\"prompt\": …, \"scores\": {\"small\": 0,"
              + " \"large\": 1}} in each line");
    }
    return RecordedPair.read(file);
  }

  /** Says how well it can be foretold for which prompts a stronger model is worth asking. */
  public void evalRouting(Path file, boolean json) throws IOException, BadData {
    RecordedPair.Recorded recorded = recorded(file);
    GainEvaluation evaluation = GainEvaluation.of(recorded.pairs());
    if (json) {
      out.line(json(recorded, evaluation));
      return;
    }
    out.line(
        "%d prompts answered by %s and %s; %d left out that the models may know from their training"
            .formatted(
                recorded.pairs().size(), recorded.weak(), recorded.strong(), recorded.leftOut()));
    var table = new Table("router", ">APGR", ">CPT50", ">CPT80");
    row("learned, five folds", evaluation.crossValidated(), table);
    if (evaluation.fewLabels() != null) {
      row("learned from " + GainEvaluation.FEW + " labels", evaluation.fewLabels(), table);
    }
    row("random", evaluation.random(), table);
    table.print(out);
    say(evaluation.decisions());
  }

  private void say(DecisionTimes decisions) {
    out.line(
        "A decision takes %d µs, and %d µs at most for 99 of 100."
            .formatted(decisions.micros(0.5), decisions.micros(0.99)));
  }

  private List<LabelledPrompt> labelled(Path file) throws IOException, BadData {
    if (!Files.isReadable(file)) {
      throw new BadData(
          file + " cannot be read; write a file with {\"prompt\": …, \"label\": …} in each line");
    }
    List<LabelledPrompt> prompts = LabelledPrompt.read(file);
    for (LabelledPrompt prompt : prompts) {
      if (!LABELS.contains(prompt.label())) {
        throw new BadData(file + ": 'label' is \"" + prompt.label() + "\"; write one of " + LABELS);
      }
    }
    return prompts;
  }

  static String digest(Path file) throws IOException {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void row(String name, Judged judged, Table table) {
    table.row(
        name,
        decimal(judged.accuracy()),
        decimal(judged.macroF1()),
        decimal(judged.calibrationError()));
  }

  private static void row(String name, GainCurve curve, Table table) {
    table.row(name, decimal(curve.apgr()), percent(curve.cpt50()), percent(curve.cpt80()));
  }

  private void confusion(String name, Judged judged) {
    var table =
        new Table(name + ": is \\ taken for", ">complex", ">standard", ">structured", ">bulk");
    for (String label : LABELS) {
      var row = judged.confusion().getOrDefault(label, Map.of());
      table.row(
          label,
          Integer.toString(row.getOrDefault("complex", 0)),
          Integer.toString(row.getOrDefault("standard", 0)),
          Integer.toString(row.getOrDefault("structured", 0)),
          Integer.toString(row.getOrDefault("bulk", 0)));
    }
    table.print(out);
  }

  private static String json(TaskTypeEvaluation evaluation) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.set("five_folds", json(evaluation.crossValidated()));
    json.set("source_left_out", json(evaluation.sourceLeftOut()));
    json.set("five_folds_without_seeds", json(evaluation.crossValidatedWithoutSeeds()));
    json.set("source_left_out_without_seeds", json(evaluation.sourceLeftOutWithoutSeeds()));
    put(json, evaluation.decisions());
    return json.toString();
  }

  private static ObjectNode json(Judged judged) {
    var mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode();
    json.put("prompts", judged.prompts())
        .put("accuracy", judged.accuracy())
        .put("macro_f1", judged.macroF1())
        .put("calibration_error", judged.calibrationError());
    json.set("confusion", mapper.valueToTree(judged.confusion()));
    return json;
  }

  private static String json(RecordedPair.Recorded recorded, GainEvaluation evaluation) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("weak", recorded.weak())
        .put("strong", recorded.strong())
        .put("prompts", recorded.pairs().size())
        .put("left_out", recorded.leftOut());
    put(json, "five_folds", evaluation.crossValidated());
    put(json, "few_labels", evaluation.fewLabels());
    put(json, "random", evaluation.random());
    put(json, evaluation.decisions());
    return json.toString();
  }

  private static void put(ObjectNode json, DecisionTimes decisions) {
    json.put("decision_p50_us", decisions.micros(0.5))
        .put("decision_p99_us", decisions.micros(0.99));
  }

  private static void put(ObjectNode json, String name, @Nullable GainCurve curve) {
    if (curve == null) {
      json.putNull(name);
    } else {
      json.putObject(name)
          .put("apgr", curve.apgr())
          .put("cpt50", curve.cpt50())
          .put("cpt80", curve.cpt80());
    }
  }

  static String decimal(double number) {
    return String.format(Locale.ROOT, "%.3f", number);
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
