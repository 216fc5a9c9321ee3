package dev.flotilla.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flotilla.bench.load.Quantiles;
import dev.flotilla.bench.load.Seen;
import dev.flotilla.bench.load.Workload;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * What was measured, as a person reads it. Medians over the rounds; what is added is the difference
 * to asking the upstream directly, in the same round.
 */
record ComparisonReport(List<Scenario> scenarios, Sample cold, List<Sample> samples) {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  String toJson() throws JsonProcessingException {
    return JSON.writeValueAsString(Map.of("cold", cold, "samples", samples));
  }

  /** Whether nobody was failed. */
  boolean clean() {
    return cold.seen().failed() == 0 && samples.stream().allMatch(s -> s.seen().failed() == 0);
  }

  void print(Terminal out) {
    out.line("The first 1,000 requests of a fleet that has just started:");
    out.line(
        number(cold.cpuPerThousand(), 2)
            + " CPU s, p50 "
            + number(cold.seen().answers().p50(), 1)
            + " ms, p99 "
            + number(cold.seen().answers().p99(), 1)
            + " ms");
    for (Scenario scenario : scenarios) {
      out.line("");
      out.line(scenario.name() + ": " + scenario.says());
      if (scenario.workload() instanceof Workload.Streams) {
        streams(scenario, out);
      } else {
        answers(scenario, out);
      }
    }
    out.line("");
    out.line("Resident memory at the end of each scenario, MB:");
    resident(out);
  }

  private void answers(Scenario scenario, Terminal out) {
    var table =
        new Table(
            "target",
            ">CPU s per 1,000",
            ">stores'",
            ">answers/s",
            ">added p50 ms",
            ">added p99 ms",
            ">upstream calls per request",
            ">failed");
    for (String target : targets(scenario)) {
      table.row(
          target,
          median(scenario, target, Sample::cpuPerThousand, 4),
          median(scenario, target, Sample::storesCpuPerThousand, 3),
          median(scenario, target, Sample::perSecond, 0),
          added(scenario, target, Seen::answers, Quantiles::p50),
          added(scenario, target, Seen::answers, Quantiles::p99),
          median(scenario, target, s -> (double) s.upstreamCalls() / s.seen().requests(), 3),
          failed(scenario, target));
    }
    table.print(out);
  }

  private void streams(Scenario scenario, Terminal out) {
    var table =
        new Table(
            "target",
            ">CPU µs per chunk",
            ">chunks/s",
            ">first chunk added p50 ms",
            ">added p99 ms",
            ">chunk added p50 ms",
            ">added p99 ms",
            ">failed");
    for (String target : targets(scenario)) {
      table.row(
          target,
          median(scenario, target, Sample::cpuMicrosPerChunk, 1),
          median(scenario, target, s -> s.seen().chunkDelays().count() / s.seen().seconds(), 0),
          added(scenario, target, Seen::firstChunks, Quantiles::p50),
          added(scenario, target, Seen::firstChunks, Quantiles::p99),
          added(scenario, target, Seen::chunkDelays, Quantiles::p50),
          added(scenario, target, Seen::chunkDelays, Quantiles::p99),
          failed(scenario, target));
    }
    table.print(out);
  }

  private void resident(Terminal out) {
    var names = List.of("router", "provider", "cost", "review");
    var table = new Table("scenario", ">router", ">provider", ">cost", ">review");
    for (Scenario scenario : scenarios) {
      var last = new TreeMap<String, Double>();
      of(scenario, "fleet").forEach(sample -> last.putAll(sample.residentMb()));
      table.row(
          scenario.name(),
          number(last.getOrDefault(names.get(0), 0.0), 0),
          number(last.getOrDefault(names.get(1), 0.0), 0),
          number(last.getOrDefault(names.get(2), 0.0), 0),
          number(last.getOrDefault(names.get(3), 0.0), 0));
    }
    table.print(out);
  }

  private String median(
      Scenario scenario, String target, ToDoubleFunction<Sample> figure, int digits) {
    return number(median(of(scenario, target).stream().mapToDouble(figure)), digits);
  }

  private String added(
      Scenario scenario,
      String target,
      Function<Seen, Quantiles> what,
      ToDoubleFunction<Quantiles> which) {
    List<Sample> direct = of(scenario, "direct");
    return number(
        median(
            of(scenario, target).stream()
                .mapToDouble(
                    sample -> {
                      Sample same =
                          direct.stream()
                              .filter(d -> d.round() == sample.round())
                              .findFirst()
                              .orElseThrow();
                      return which.applyAsDouble(what.apply(sample.seen()))
                          - which.applyAsDouble(what.apply(same.seen()));
                    })),
        2);
  }

  private String failed(Scenario scenario, String target) {
    return Long.toString(of(scenario, target).stream().mapToLong(s -> s.seen().failed()).sum());
  }

  private List<String> targets(Scenario scenario) {
    return samples.stream()
        .filter(sample -> sample.scenario().equals(scenario.name()))
        .map(Sample::target)
        .distinct()
        .toList();
  }

  private List<Sample> of(Scenario scenario, String target) {
    return samples.stream()
        .filter(sample -> sample.scenario().equals(scenario.name()))
        .filter(sample -> sample.target().equals(target))
        .toList();
  }

  private static double median(DoubleStream figures) {
    double[] sorted = figures.sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static String number(double figure, int digits) {
    return String.format(Locale.ROOT, "%,." + digits + "f", figure);
  }
}
