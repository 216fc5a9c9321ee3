package dev.flotilla.bench.rows;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.util.List;
import java.util.Locale;

/**
 * What was measured.
 *
 * @param rows in the month when reports were asked
 * @param early ingest with some ten thousand rows in the table
 * @param late ingest with nearly all of them
 * @param loadSeconds how long it took to fill the rest, which is not measured otherwise
 * @param wrong what reports say that is not what was written; empty when all is well
 */
public record RowsReport(
    long rows,
    Ingest early,
    Ingest late,
    double loadSeconds,
    List<Asked> reports,
    List<String> wrong) {

  /**
   * Batches of 500 through the ledger's door, one after the other.
   *
   * @param rowsBefore in the table
   * @param perCpuSecond of cost-service and PostgreSQL together
   */
  public record Ingest(long rowsBefore, double perSecond, double perCpuSecond) {}

  /**
   * A report, asked often.
   *
   * @param aim milliseconds on a machine that does nothing else; 0 where there is none
   */
  public record Asked(String name, double p50, double p95, double aim) {}

  /** Of what is taken per second at the end, and at the beginning. */
  public double ratio() {
    return late.perSecond() / early.perSecond();
  }

  /** The same per second of CPU, which other work of the machine disturbs less. */
  public double cpuRatio() {
    return late.perCpuSecond() / early.perCpuSecond();
  }

  /** Two tables. */
  public void print(Terminal out) {
    var ingest = new Table("ingest, batches of 500", ">rows/s", ">rows per CPU second");
    for (Ingest one : List.of(early, late)) {
      ingest.row(
          "with " + one.rowsBefore() + " rows before",
          rounded(one.perSecond(), 0),
          rounded(one.perCpuSecond(), 0));
    }
    ingest.row("late : early (aim 0.8)", rounded(ratio(), 2), rounded(cpuRatio(), 2));
    ingest.print(out);
    out.line("");
    var asked = new Table("reports of " + rows + " rows", ">p50 ms", ">p95 ms", ">aim");
    for (Asked report : reports) {
      asked.row(
          report.name(),
          rounded(report.p50(), 1),
          rounded(report.p95(), 1),
          report.aim() == 0 ? "" : rounded(report.aim(), 0));
    }
    asked.print(out);
    wrong.forEach(line -> out.line(out.red(line)));
  }

  /** One JSON document. */
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rows", rows).put("load_seconds", loadSeconds);
    put(json.putObject("early"), early);
    put(json.putObject("late"), late);
    json.put("ratio", ratio()).put("cpu_ratio", cpuRatio());
    var asked = json.putArray("reports");
    for (Asked report : reports) {
      asked
          .addObject()
          .put("name", report.name())
          .put("p50_ms", report.p50())
          .put("p95_ms", report.p95())
          .put("aim_ms", report.aim());
    }
    var mistakes = json.putArray("wrong");
    wrong.forEach(mistakes::add);
    return json.toString();
  }

  private static void put(ObjectNode json, Ingest ingest) {
    json.put("rows_before", ingest.rowsBefore())
        .put("rows_per_second", ingest.perSecond())
        .put("rows_per_cpu_second", ingest.perCpuSecond());
  }

  private static String rounded(double number, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", number);
  }
}
