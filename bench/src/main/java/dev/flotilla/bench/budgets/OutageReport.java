package dev.flotilla.bench.budgets;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.bench.load.Seen;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * What became of those who asked while cost-service was away.
 *
 * @param serves what callers saw whose budget serves then
 * @param refuses the same for a budget that refuses
 * @param lag until all was in the ledger after it had come back
 * @param overNanos what the ledger has beyond the limit of the budget that serves
 * @param countedNanos what provider-service had counted as such
 * @param refusedOverNanos the same of the budget that refuses
 */
public record OutageReport(
    Duration length,
    Seen serves,
    Seen refuses,
    Duration lag,
    long overNanos,
    long countedNanos,
    long refusedOverNanos) {
  private static final Duration LONGEST_LAG = Duration.ofSeconds(30);
  private static final String UNVERIFIABLE = "status 503 budget_unverifiable";
  private static final String SPENT = "status 402 budget_exceeded";

  /** Nobody was failed whose budget serves, nothing overspent of the other, all in the ledger. */
  public boolean kept() {
    return serves.failed() == 0
        && Set.of(UNVERIFIABLE, SPENT).containsAll(refuses.failures().keySet())
        && refuses.failures().containsKey(UNVERIFIABLE)
        && overNanos > 0
        && overNanos <= countedNanos
        && refusedOverNanos == 0
        && lag.compareTo(LONGEST_LAG) <= 0;
  }

  /** A table, and below it whether all is well. */
  public void print(Terminal out) {
    var table =
        new Table(
            length.toSeconds() + " s without cost-service at 200 requests a second",
            ">found",
            ">allowed");
    table.row("serve: requests", Long.toString(serves.requests()), "");
    table.row("serve: failed", Long.toString(serves.failed()), "0");
    table.row("serve: beyond the limit, nano-dollars", Long.toString(overNanos), "what is counted");
    table.row("serve: counted as such", Long.toString(countedNanos), "");
    table.row("refuse: requests", Long.toString(refuses.requests()), "");
    table.row(
        "refuse: 503 budget_unverifiable",
        Long.toString(refuses.failures().getOrDefault(UNVERIFIABLE, 0L)),
        "");
    table.row("refuse: beyond the limit, nano-dollars", Long.toString(refusedOverNanos), "0");
    table.row(
        "seconds until all were in the ledger",
        String.format(Locale.ROOT, "%.1f", lag.toMillis() / 1_000.0),
        Long.toString(LONGEST_LAG.toSeconds()));
    table.print(out);
    if (!serves.failures().isEmpty() || refuses.failures().size() > 1) {
      out.line("failures: serve " + serves.failures() + ", refuse " + refuses.failures());
    }
    out.line(
        kept()
            ? out.green("Nobody noticed who should not, and the ledger has it all.")
            : out.red("Not as it should be."));
  }

  /** One JSON object. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("seconds", length.toSeconds())
        .put("serve_requests", serves.requests())
        .put("serve_failed", serves.failed())
        .put("serve_over_nanos", overNanos)
        .put("serve_counted_nanos", countedNanos)
        .put("refuse_requests", refuses.requests())
        .put("refuse_over_nanos", refusedOverNanos)
        .put("lag_seconds", lag.toMillis() / 1_000.0)
        .put("kept", kept());
    ObjectNode refusals = json.putObject("refuse_failures");
    refuses.failures().forEach(refusals::put);
    return json;
  }
}
