package dev.flotilla.bench.budgets;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * What became of a budget.
 *
 * @param onLedgerAway what it wants while cost-service is away
 * @param statuses of all answers, and how many there were of each
 * @param limitNanos of the last round
 * @param spentNanos in all
 * @param overshootNanos the most by which a round's limit was exceeded
 * @param countedNanos what provider-service counted as spent without a lease
 * @param booked whether the ledger came to the same sums as the answers
 */
public record RaceReport(
    String onLedgerAway,
    int rounds,
    int callers,
    SortedMap<Integer, Integer> statuses,
    long limitNanos,
    long spentNanos,
    long overshootNanos,
    long countedNanos,
    boolean booked,
    Duration took) {
  private static final double SPENDABLE = 0.99;
  private static final int ANSWERED = 200;
  private static final int OVER_BUDGET = 402;
  private static final int UNVERIFIABLE = 503;

  /** How much of the limit was spent at the end. */
  public double spentShare() {
    return (double) spentNanos / limitNanos;
  }

  /**
   * Nothing was spent beyond the limit but what was counted, a budget that refuses has none of
   * that, nearly all of it could be spent, and nobody was failed for another reason.
   */
  public boolean kept() {
    boolean refuses = onLedgerAway.equals("refuse");
    Set<Integer> allowed =
        refuses ? Set.of(ANSWERED, OVER_BUDGET, UNVERIFIABLE) : Set.of(ANSWERED, OVER_BUDGET);
    return overshootNanos <= (refuses ? 0 : countedNanos)
        && spentShare() >= SPENDABLE
        && statuses.containsKey(OVER_BUDGET)
        && allowed.containsAll(statuses.keySet())
        && booked;
  }

  /** A table, and below it whether all is well. */
  public void print(Terminal out) {
    var table =
        new Table(
            rounds + " rounds of " + callers + " at once, on_ledger_away: " + onLedgerAway,
            ">found",
            ">allowed");
    statuses.forEach(
        (status, count) -> table.row("answers with status " + status, Integer.toString(count), ""));
    table.row("limit, nano-dollars", Long.toString(limitNanos), "");
    table.row("spent, nano-dollars", Long.toString(spentNanos), "");
    table.row(
        "of the limit", "%.2f %%".formatted(spentShare() * 100).replace(',', '.'), "99 % or more");
    table.row("spent without a lease, counted", Long.toString(countedNanos), "");
    table.row(
        "overshoot, nano-dollars",
        Long.toString(overshootNanos),
        Long.toString(onLedgerAway.equals("refuse") ? 0 : countedNanos));
    table.row("seconds", String.format(Locale.ROOT, "%.1f", took.toMillis() / 1_000.0), "");
    table.print(out);
    out.line(
        kept()
            ? out.green("The budget held, and nearly all of it could be spent.")
            : out.red("The budget did not hold, or could not be spent."));
  }

  /** One JSON object. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("on_ledger_away", onLedgerAway).put("rounds", rounds).put("callers", callers);
    ObjectNode answers = json.putObject("answers");
    for (Map.Entry<Integer, Integer> status : statuses.entrySet()) {
      answers.put(status.getKey().toString(), status.getValue());
    }
    return json.put("limit_nanos", limitNanos)
        .put("spent_nanos", spentNanos)
        .put("spent_share", spentShare())
        .put("overshoot_nanos", overshootNanos)
        .put("counted_nanos", countedNanos)
        .put("booked", booked)
        .put("seconds", took.toMillis() / 1_000.0)
        .put("kept", kept());
  }
}
