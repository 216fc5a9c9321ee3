package dev.flotilla.bench.soak;

import dev.flotilla.bench.load.Seen;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a soak showed. */
public final class SoakReport {
  /** More than this is growth: 200 MB in a day and a half. */
  private static final double MOST_MB_PER_TEN_MINUTES = 1;

  private final Duration length;
  private final Map<String, ServiceMemory> memory;
  private final List<Seen> seen;

  SoakReport(Duration length, Map<String, ServiceMemory> memory, List<Seen> seen) {
    this.length = length;
    this.memory = memory;
    this.seen = seen;
  }

  /** Whether nothing grew and nobody was failed. */
  public boolean passed() {
    return failed() == 0
        && memory.values().stream()
            .allMatch(
                service ->
                    service.resident().perTenMinutes() <= MOST_MB_PER_TEN_MINUTES
                        && service.heap().perTenMinutes() <= MOST_MB_PER_TEN_MINUTES);
  }

  private long failed() {
    return seen.stream().mapToLong(Seen::failed).sum();
  }

  public void print(Terminal out) {
    var table =
        new Table(
            "service", ">resident MB", ">grows MB per 10 min", ">heap MB", ">grows MB per 10 min");
    memory.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            service ->
                table.row(
                    service.getKey(),
                    number(service.getValue().resident().last()),
                    number(service.getValue().resident().perTenMinutes()),
                    number(service.getValue().heap().last()),
                    number(service.getValue().heap().perTenMinutes())));
    table.print(out);
    out.line(
        "%d requests and %d chunks of streams in %d min, %d failed %s"
            .formatted(
                seen.stream().mapToLong(Seen::requests).sum(),
                seen.stream().mapToLong(Seen::chunks).sum(),
                length.toMinutes(),
                failed(),
                seen.stream().map(Seen::failures).filter(kinds -> !kinds.isEmpty()).toList()));
    out.line(
        passed()
            ? out.green("Nothing grew by more than 1 MB in ten minutes, and nobody was failed.")
            : out.red(
                "Not as it should be: memory may grow by 1 MB in ten minutes, and nobody may be failed."));
  }

  private static String number(double mb) {
    return String.format(Locale.ROOT, "%.2f", mb);
  }
}
