package dev.flotilla.bench.pipelines;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.util.Locale;

/**
 * What a step took beside its call. Times are of one step or call.
 *
 * @param runs that were measured, of ten steps each
 * @param stepMillis median over runs, with the run's own beginning and end
 * @param callMillis median of the same call as a chat request
 * @param stepCpuMillis of the router
 * @param callCpuMillis of the router
 * @param storeCpuMillis of PostgreSQL, for a step
 */
public record StepCostReport(
    int runs,
    double stepMillis,
    double callMillis,
    double stepCpuMillis,
    double callCpuMillis,
    double storeCpuMillis) {

  /** A table. */
  public void print(Terminal out) {
    var table =
        new Table(runs + " runs of " + StepCost.STEPS + " steps", ">step", ">call", ">more");
    table.row("median, ms", text(stepMillis), text(callMillis), text(stepMillis - callMillis));
    table.row(
        "CPU of the router, ms",
        text(stepCpuMillis),
        text(callCpuMillis),
        text(stepCpuMillis - callCpuMillis));
    table.row("CPU of PostgreSQL, ms", text(storeCpuMillis), "", "");
    table.print(out);
  }

  /** One JSON object. */
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("runs", runs).put("steps", StepCost.STEPS);
    json.put("step_ms", stepMillis).put("call_ms", callMillis);
    json.put("overhead_ms", stepMillis - callMillis);
    json.put("step_cpu_ms", stepCpuMillis).put("call_cpu_ms", callCpuMillis);
    json.put("overhead_cpu_ms", stepCpuMillis - callCpuMillis);
    return json.put("postgres_cpu_ms", storeCpuMillis).toString();
  }

  private static String text(double millis) {
    return String.format(Locale.ROOT, "%.2f", millis);
  }
}
