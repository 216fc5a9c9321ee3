package dev.flotilla.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.bench.chaos.RunChaos.EndedRun;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What became of runs while services were killed, beside the ledger and the upstream's bill.
 *
 * @param kills by what was killed
 * @param completed runs that have their result
 * @param otherwise what runs say that have none
 * @param steps that are done
 * @param doneTwice steps with more than one try that is done
 * @param lostTries whose process died before it could write down how they ended
 * @param attempts the upstream was asked
 * @param lost billed, and not in the ledger
 * @param paidTwice calls that the ledger has as settled more than once
 * @param askedAgain calls that were made again because nobody knows how they ended
 * @param wrong rows that say what is not true
 * @param unknown rows whose end nobody knows
 * @param mostUnknown kills × calls that can be on their way
 * @param redisKilled whether answers may have been forgotten
 */
public record RunChaosReport(
    long seed,
    Duration took,
    Map<String, Integer> kills,
    int completed,
    List<String> otherwise,
    int steps,
    List<String> doneTwice,
    int lostTries,
    int attempts,
    List<String> lost,
    List<String> paidTwice,
    int askedAgain,
    List<String> wrong,
    int unknown,
    int mostUnknown,
    long settledNanos,
    long billedNanos,
    boolean redisKilled) {
  /** Of a run at the same time. */
  private static final int CALLS_AT_ONCE = 2;

  static RunChaosReport of(
      long seed,
      Duration took,
      Map<String, Integer> kills,
      List<EndedRun> runs,
      Map<String, Bill> bills,
      Map<String, LedgerRow> rows) {
    var otherwise = new ArrayList<String>();
    var doneTwice = new ArrayList<String>();
    int completed = 0;
    int steps = 0;
    int lostTries = 0;
    for (EndedRun ended : runs) {
      if (ended.run().path("status").asText().equals("completed")) {
        completed++;
      } else {
        otherwise.add(ended.number() + " " + ended.run());
      }
      for (JsonNode step : ended.run().path("steps")) {
        int done = 0;
        for (JsonNode attempt : step.path("attempts")) {
          String status = attempt.path("status").asText();
          done += status.equals("completed") ? 1 : 0;
          lostTries += status.equals("unknown") ? 1 : 0;
        }
        steps += done > 0 ? 1 : 0;
        if (done > 1) {
          doneTwice.add(step.toString());
        }
      }
    }
    Map<String, List<String>> byCall =
        bills.entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    bill -> bill.getValue().asked(),
                    Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    var paidTwice = new ArrayList<String>();
    int askedAgain = 0;
    for (var call : byCall.entrySet()) {
      long settled =
          call.getValue().stream()
              .filter(attempt -> rows.containsKey(attempt) && rows.get(attempt).settled())
              .count();
      if (settled > 1) {
        paidTwice.add(call.getKey() + " " + call.getValue());
      }
      askedAgain += (int) (call.getValue().size() - Math.max(1, settled));
    }
    return new RunChaosReport(
        seed,
        took,
        Map.copyOf(kills),
        completed,
        List.copyOf(otherwise),
        steps,
        List.copyOf(doneTwice),
        lostTries,
        bills.size(),
        bills.keySet().stream().filter(attempt -> !rows.containsKey(attempt)).toList(),
        List.copyOf(paidTwice),
        askedAgain,
        rows.entrySet().stream()
            .filter(row -> !row.getValue().isTrue(bills.get(row.getKey())))
            .map(row -> row.getKey() + " " + row.getValue() + " " + bills.get(row.getKey()))
            .toList(),
        (int) rows.values().stream().filter(row -> row.state().equals("unknown")).count(),
        kills.values().stream().mapToInt(Integer::intValue).sum()
            * RunChaos.IN_FLIGHT
            * CALLS_AT_ONCE,
        LedgerRow.settledNanos(rows),
        LedgerRow.billedNanos(rows, bills),
        kills.containsKey("REDIS"));
  }

  /** Whether every promise was kept. */
  public boolean kept() {
    return otherwise.isEmpty()
        && doneTwice.isEmpty()
        && lost.isEmpty()
        && (paidTwice.isEmpty() || redisKilled)
        && wrong.isEmpty()
        && unknown <= mostUnknown
        && settledNanos == billedNanos
        && completed > 0;
  }

  /** A table, and below it what is wrong. */
  public void print(Terminal out) {
    int all = completed + otherwise.size();
    var table = new Table("after " + all + " runs, seed " + seed, ">found", ">allowed");
    table.row("runs completed", Integer.toString(completed), Integer.toString(all));
    table.row("seconds it took", Long.toString(took.toSeconds()), "");
    kills.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            kill -> table.row("kill -9 " + kill.getKey(), Integer.toString(kill.getValue()), ""));
    table.row("steps done", Integer.toString(steps), "");
    table.row("steps done twice", Integer.toString(doneTwice.size()), "0");
    table.row("tries that were lost", Integer.toString(lostTries), "");
    table.row("attempts the upstream billed", Integer.toString(attempts), "");
    table.row("billed and not in the ledger", Integer.toString(lost.size()), "0");
    table.row("calls paid twice", Integer.toString(paidTwice.size()), redisKilled ? "" : "0");
    table.row("calls made again, their end unknown", Integer.toString(askedAgain), "");
    table.row("rows that say what is not true", Integer.toString(wrong.size()), "0");
    table.row("rows of unknown end", Integer.toString(unknown), Integer.toString(mostUnknown));
    table.row("settled, nano-dollars", Long.toString(settledNanos), Long.toString(billedNanos));
    table.print(out);
    otherwise.stream().limit(3).forEach(run -> out.line(out.red(run)));
    doneTwice.stream().limit(10).forEach(step -> out.line(out.red(step)));
    lost.stream().limit(10).forEach(attempt -> out.line(out.red(attempt + " is lost")));
    paidTwice.stream().limit(10).forEach(call -> out.line(out.red(call)));
    wrong.stream().limit(10).forEach(row -> out.line(out.red(row)));
    out.line(
        kept()
            ? out.green("All runs ended, no step was done twice, and the ledger is the bill.")
            : out.red("Not as it should be."));
  }

  /** One JSON document. */
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("seed", seed).put("seconds", took.toSeconds()).put("completed", completed);
    json.put("otherwise", otherwise.size()).put("steps", steps);
    ObjectNode killed = json.putObject("kills");
    kills.forEach(killed::put);
    return json.put("done_twice", doneTwice.size())
        .put("lost_tries", lostTries)
        .put("attempts", attempts)
        .put("lost", lost.size())
        .put("paid_twice", paidTwice.size())
        .put("asked_again", askedAgain)
        .put("wrong", wrong.size())
        .put("unknown", unknown)
        .put("most_unknown", mostUnknown)
        .put("settled_nanos", settledNanos)
        .put("billed_nanos", billedNanos)
        .put("kept", kept())
        .toString();
  }
}
