package dev.flotilla.bench.chaos;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The ledger beside the upstream's bill.
 *
 * @param requests that were sent
 * @param answered whole, each to its caller
 * @param failures of callers, by what they were told
 * @param took from the first request to the last row
 * @param kills by what was killed
 * @param mostUnknown kills × callers: so many attempts may end unknown
 * @param attempts the upstream was asked
 * @param rows of the ledger
 * @param lost billed, and not in the ledger
 * @param paidTwice asked more than once under the same id
 * @param wrong rows that say what is not true: another amount, or out of bounds
 * @param unknown rows whose end nobody knows
 * @param settledNanos sum of the settled rows
 * @param billedNanos the upstream's bill of the same attempts
 */
public record ChaosReport(
    long seed,
    int requests,
    int answered,
    Map<String, Integer> failures,
    Duration took,
    Map<String, Integer> kills,
    int mostUnknown,
    int attempts,
    int rows,
    List<String> lost,
    List<String> paidTwice,
    List<String> wrong,
    int unknown,
    long settledNanos,
    long billedNanos) {

  static ChaosReport of(
      long seed,
      int requests,
      int answered,
      Map<String, Integer> failures,
      Duration took,
      List<Victim> killed,
      int callers,
      Map<String, Bill> bills,
      Map<String, LedgerRow> rows) {
    var kills = new HashMap<String, Integer>();
    killed.forEach(victim -> kills.merge(victim.name(), 1, Integer::sum));
    List<String> wrong =
        rows.entrySet().stream()
            .filter(row -> !row.getValue().isTrue(bills.get(row.getKey())))
            .map(row -> row.getKey() + " " + row.getValue() + " " + bills.get(row.getKey()))
            .toList();
    return new ChaosReport(
        seed,
        requests,
        answered,
        failures,
        took,
        Map.copyOf(kills),
        killed.size() * callers,
        bills.size(),
        rows.size(),
        bills.keySet().stream().filter(attempt -> !rows.containsKey(attempt)).toList(),
        bills.entrySet().stream()
            .filter(bill -> bill.getValue().times() > 1)
            .map(Map.Entry::getKey)
            .toList(),
        wrong,
        (int) rows.values().stream().filter(row -> row.state().equals("unknown")).count(),
        LedgerRow.settledNanos(rows),
        LedgerRow.billedNanos(rows, bills));
  }

  /** Whether the promise was kept. */
  public boolean kept() {
    return lost.isEmpty()
        && paidTwice.isEmpty()
        && wrong.isEmpty()
        && settledNanos == billedNanos
        && unknown <= mostUnknown
        && answered > 0;
  }

  /** A table, and below it what is wrong. */
  public void print(Terminal out) {
    var table = new Table("after " + requests + " requests, seed " + seed, ">found", ">allowed");
    table.row("requests answered whole", Integer.toString(answered), "");
    failures.forEach(
        (failure, times) -> table.row("failed: " + failure, Integer.toString(times), ""));
    table.row("seconds it took", Long.toString(took.toSeconds()), "");
    kills.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            kill -> table.row("kill -9 " + kill.getKey(), Integer.toString(kill.getValue()), ""));
    table.row("attempts the upstream billed", Integer.toString(attempts), "");
    table.row("rows in the ledger", Integer.toString(rows), "");
    table.row("billed and not in the ledger", Integer.toString(lost.size()), "0");
    table.row("paid twice", Integer.toString(paidTwice.size()), "0");
    table.row("rows that say what is not true", Integer.toString(wrong.size()), "0");
    table.row("rows of unknown end", Integer.toString(unknown), Integer.toString(mostUnknown));
    table.row("settled, nano-dollars", Long.toString(settledNanos), Long.toString(billedNanos));
    table.print(out);
    wrong.stream().limit(10).forEach(row -> out.line(out.red(row)));
    out.line(
        kept()
            ? out.green("Everything the upstream billed is in the ledger once, to the nano-dollar.")
            : out.red("The ledger is not what the upstream billed."));
  }

  /** One JSON document. */
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("seed", seed)
        .put("requests", requests)
        .put("answered", answered)
        .put("seconds", took.toSeconds());
    ObjectNode failed = json.putObject("failures");
    failures.forEach(failed::put);
    ObjectNode killed = json.putObject("kills");
    kills.forEach(killed::put);
    json.put("attempts", attempts)
        .put("rows", rows)
        .put("lost", lost.size())
        .put("paid_twice", paidTwice.size())
        .put("wrong", wrong.size())
        .put("unknown", unknown)
        .put("most_unknown", mostUnknown)
        .put("settled_nanos", settledNanos)
        .put("billed_nanos", billedNanos)
        .put("kept", kept());
    return json.toString();
  }
}
