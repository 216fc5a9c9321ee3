package dev.flotilla.bench.chaos;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.time.Duration;
import java.util.Map;

/**
 * What callers noticed of restarts, and the ledger beside the upstream's bill.
 *
 * @param perSecond requests that began in each second
 * @param gone how long each process took from being asked to end until it had
 * @param requests that were sent
 * @param whole answers
 * @param streams with their end
 * @param lookups of costs and reviews
 * @param failures by what callers were told; nothing was tried again
 * @param attempts the upstream was asked
 * @param wrong attempts that are not settled in the ledger at what was billed, once
 * @param settledNanos sum of the settled rows
 * @param billedNanos the upstream's whole bill
 */
public record RestartsReport(
    int perSecond,
    Map<String, Duration> gone,
    int requests,
    int whole,
    int streams,
    int lookups,
    Map<String, Integer> failures,
    int attempts,
    long wrong,
    long settledNanos,
    long billedNanos) {

  static RestartsReport of(
      int perSecond,
      Map<String, Duration> gone,
      PacedCallers callers,
      Map<String, Bill> bills,
      Map<String, LedgerRow> rows) {
    long wrong =
        bills.entrySet().stream()
            .filter(
                bill -> {
                  LedgerRow row = rows.get(bill.getKey());
                  return bill.getValue().times() > 1
                      || row == null
                      || !row.settled()
                      || !row.isTrue(bill.getValue());
                })
            .count();
    return new RestartsReport(
        perSecond,
        gone,
        callers.begun(),
        callers.whole(),
        callers.streams(),
        callers.lookups(),
        callers.failures(),
        bills.size(),
        wrong + rows.keySet().stream().filter(attempt -> !bills.containsKey(attempt)).count(),
        LedgerRow.settledNanos(rows),
        bills.values().stream().mapToLong(bill -> bill.nanos() * bill.times()).sum());
  }

  /** Whether nobody noticed, and all the money is accounted for. */
  public boolean kept() {
    return failures.isEmpty() && wrong == 0 && settledNanos == billedNanos && attempts > 0;
  }

  public void print(Terminal out) {
    var table = new Table("at " + perSecond + " requests a second", ">found", ">allowed");
    gone.forEach((who, took) -> table.row(who + " left after, ms", "" + took.toMillis(), ""));
    table.row("requests", Integer.toString(requests), "");
    table.row("whole answers", Integer.toString(whole), "");
    table.row("streams with their end", Integer.toString(streams), "");
    table.row("costs and reviews shown", Integer.toString(lookups), "");
    failures.forEach((failure, times) -> table.row("failed: " + failure, "" + times, "0"));
    table.row("attempts the upstream billed", Integer.toString(attempts), "");
    table.row("attempts not settled at that, once", Long.toString(wrong), "0");
    table.row("settled, nano-dollars", Long.toString(settledNanos), Long.toString(billedNanos));
    table.print(out);
    out.line(
        kept()
            ? out.green("Nobody noticed, and the ledger is the upstream's bill.")
            : out.red("Somebody noticed, or the ledger is not the upstream's bill."));
  }

  /** One JSON document. */
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("per_second", perSecond)
        .put("requests", requests)
        .put("whole", whole)
        .put("streams", streams)
        .put("lookups", lookups);
    ObjectNode failed = json.putObject("failures");
    failures.forEach(failed::put);
    ObjectNode left = json.putObject("left_after_ms");
    gone.forEach((who, took) -> left.put(who, took.toMillis()));
    return json.put("attempts", attempts)
        .put("wrong", wrong)
        .put("settled_nanos", settledNanos)
        .put("billed_nanos", billedNanos)
        .put("kept", kept())
        .toString();
  }
}
