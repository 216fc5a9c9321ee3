package dev.flotilla.bench.soak;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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

  /**
   * What a JVM may still take for code and classes of its own. Ten minutes are measured in a
   * quarter of an hour; in less the code that comes cannot be told from a leak, except from one of
   * a hundred bytes a chunk, which would be this much in a minute.
   */
  private static final double STILL_WARMING_UP_MB = 6;

  private static final Duration LONG_ENOUGH = Duration.ofMinutes(15);

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
            .allMatch(service -> growth(service) <= most() && !heapGrows(service));
  }

  /**
   * In a few minutes memory that compilers take and give back moves a process's size more than a
   * leak does, so the JVM's own books are held instead, without what its compilers work in.
   */
  private double growth(ServiceMemory service) {
    return length.compareTo(LONG_ENOUGH) >= 0
        ? service.resident().perTenMinutes()
        : service.committed().leastPerTenMinutes();
  }

  /**
   * What a collection leaves also depends on how many answers are just being given, so more than
   * chance must speak for growth.
   */
  private boolean heapGrows(ServiceMemory service) {
    return service.heap().perTenMinutes() > most() && service.heap().atLeastPerTenMinutes() > 0;
  }

  /** MB per ten minutes that are no growth. */
  private double most() {
    return length.compareTo(LONG_ENOUGH) >= 0
        ? MOST_MB_PER_TEN_MINUTES
        // The least of one half is compared with the least of the other.
        : STILL_WARMING_UP_MB * 600 / (length.toSeconds() * (1 - Soak.WARM_UP) / 2);
  }

  private long failed() {
    return seen.stream().mapToLong(Seen::failed).sum();
  }

  public void print(Terminal out) {
    var table =
        new Table(
            "service",
            ">resident MB",
            ">committed MB",
            ">grows MB per 10 min",
            ">heap MB",
            ">grows MB per 10 min",
            ">surely");
    memory.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            service ->
                table.row(
                    service.getKey(),
                    number(service.getValue().resident().last()),
                    number(service.getValue().committed().last()),
                    number(growth(service.getValue())),
                    number(service.getValue().heap().last()),
                    number(service.getValue().heap().perTenMinutes()),
                    number(service.getValue().heap().atLeastPerTenMinutes())));
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
            ? out.green(
                "Nothing grew by more than %.0f MB in ten minutes, and nobody was failed."
                    .formatted(most()))
            : out.red(
                "Not as it should be: memory may grow by %.0f MB in ten minutes, and nobody may be failed."
                    .formatted(most())));
  }

  /** The same for programs. */
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("seconds", length.toSeconds())
        .put("requests", seen.stream().mapToLong(Seen::requests).sum())
        .put("chunks", seen.stream().mapToLong(Seen::chunks).sum())
        .put("failed", failed())
        .put("most_mb_per_10_min", most())
        .put("passed", passed());
    ObjectNode failures = json.putObject("failures");
    seen.forEach(
        load ->
            load.failures()
                .forEach(
                    (kind, times) -> failures.put(kind, failures.path(kind).asLong() + times)));
    ObjectNode services = json.putObject("services");
    memory.forEach(
        (name, service) ->
            services
                .putObject(name)
                .put("resident_mb", service.resident().last())
                .put("resident_mb_per_10_min", service.resident().perTenMinutes())
                .put("committed_mb", service.committed().last())
                .put("committed_mb_per_10_min", service.committed().leastPerTenMinutes())
                .put("heap_mb", service.heap().last())
                .put("heap_mb_per_10_min", service.heap().perTenMinutes())
                .put("heap_mb_per_10_min_at_least", service.heap().atLeastPerTenMinutes()));
    return json.toString();
  }

  private static String number(double mb) {
    return String.format(Locale.ROOT, "%.2f", mb);
  }
}
