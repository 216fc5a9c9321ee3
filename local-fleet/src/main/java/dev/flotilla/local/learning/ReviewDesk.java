package dev.flotilla.local.learning;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flotilla.judgement.evaluation.Choice;
import dev.flotilla.judgement.evaluation.Figures;
import dev.flotilla.judgement.evaluation.Interval;
import dev.flotilla.judgement.evaluation.ReviewEvaluation;
import dev.flotilla.judgement.evaluation.Row;
import dev.flotilla.learning.BadData;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** {@code ./fleet eval review}: ways of combining findings, on recorded ones. */
public final class ReviewDesk {
  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private final Terminal out;

  public ReviewDesk(Terminal out) {
    this.out = out;
  }

  /**
   * Says how good each way is, beside single reviewers.
   *
   * @param folder with {@code golden.jsonl} and {@code findings.jsonl}
   */
  public void eval(Path folder, boolean json) throws IOException, BadData {
    ReviewEvaluation evaluation = ReviewEvaluation.of(folder);
    if (json) {
      out.line(JSON.writeValueAsString(evaluation));
      return;
    }
    out.line(
        "%d pull requests of %s with %d issues; findings: %s"
            .formatted(
                evaluation.requests(),
                String.join(", ", evaluation.repositories()),
                evaluation.issues(),
                new TreeMap<>(evaluation.findings())));
    out.line(
        "Everything is fitted on other repositories than it is measured on. Mean of the judges:");
    table(evaluation.rows());
    out.line("");
    for (String judge : evaluation.judges()) {
      var table = new Table(judge, ">precision", ">recall", ">F1", ">strict F1");
      for (Row row : evaluation.rows()) {
        Figures figures = row.byJudge().getOrDefault(judge, row.mean());
        table.row(
            row.name(),
            three(figures.precision()),
            three(figures.recall()),
            three(figures.f1()),
            three(figures.strictF1()));
      }
      table.print(out);
      out.line("");
    }
    table(evaluation.singles());
    out.line("");
    chosen(evaluation.rows());
  }

  private void table(List<Row> rows) {
    var table =
        new Table(
            "mean of the judges",
            ">precision",
            ">recall",
            ">F1",
            "95 %",
            ">strict F1",
            "95 %",
            "beyond the best, 95 %",
            ">any member: F1",
            ">strict F1",
            ">$ per accepted");
    for (Row row : rows) {
      table.row(
          row.name(),
          three(row.mean().precision()),
          three(row.mean().recall()),
          three(row.mean().f1()),
          interval(row.f1()),
          three(row.mean().strictF1()),
          interval(row.strictF1()),
          interval(row.beyondBest()),
          three(row.byAnyMember().f1()),
          three(row.byAnyMember().strictF1()),
          row.usdPerAccepted() == null
              ? "unknown"
              : String.format(Locale.ROOT, "%.4f", row.usdPerAccepted()));
    }
    table.print(out);
  }

  private void chosen(List<Row> rows) {
    var table = new Table("left out", "way", ">variant", ">merged from", ">shown from");
    for (Row row : rows) {
      for (var choice : new TreeMap<>(row.chosen()).entrySet()) {
        Choice chosen = choice.getValue();
        table.row(
            choice.getKey(),
            row.name(),
            String.format(Locale.ROOT, "%.0f", chosen.variant()),
            String.format(Locale.ROOT, "%.2f", chosen.mergeAt()),
            three(chosen.showFrom()));
      }
    }
    table.print(out);
  }

  private static String interval(Interval interval) {
    return three(interval.from()) + " … " + three(interval.to());
  }

  private static String three(double number) {
    return String.format(Locale.ROOT, "%.3f", number);
  }
}
