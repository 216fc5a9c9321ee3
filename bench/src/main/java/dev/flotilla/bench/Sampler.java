package dev.flotilla.bench;

import dev.flotilla.bench.load.Callers;
import dev.flotilla.bench.load.Order;
import dev.flotilla.bench.load.Seen;
import dev.flotilla.bench.load.Workload;
import dev.flotilla.bench.machine.ProcessFacts;
import dev.flotilla.bench.measured.Target;
import dev.flotilla.bench.measured.UpstreamProcess;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes samples: starts the callers as a process of their own and reads the clocks around it. */
final class Sampler {
  private final UpstreamProcess upstream;

  Sampler(UpstreamProcess upstream) {
    this.upstream = upstream;
  }

  /** Loads a target until it has burnt its share of CPU; one that burns little gets ten seconds. */
  void warmUp(Scenario scenario, Target target, double cpuSeconds)
      throws IOException, InterruptedException {
    var pids = pids(target.processes());
    double until = ProcessFacts.cpuSeconds(pids) + cpuSeconds;
    long noLonger = System.nanoTime() + 120_000_000_000L;
    upstream.pace(scenario.pace());
    do {
      var _ = Callers.send(order(scenario, target, 0, 5));
    } while (!pids.isEmpty()
        && !target.stores().isEmpty()
        && ProcessFacts.cpuSeconds(pids) < until
        && System.nanoTime() < noLonger);
  }

  Sample take(Scenario scenario, Target target, int round, int seconds)
      throws IOException, InterruptedException {
    upstream.pace(scenario.pace());
    var processes = target.processes();
    var stores = pids(target.stores());
    double cpu = ProcessFacts.cpuSeconds(pids(processes));
    double storesCpu = ProcessFacts.cpuSeconds(stores);
    long asked = upstream.asked();
    boolean streams = scenario.workload() instanceof Workload.Streams;
    Seen seen =
        Callers.send(order(scenario, target, streams ? 2 : 1, streams ? 2 * seconds : seconds));
    var resident = new LinkedHashMap<String, Double>();
    processes.forEach(
        (name, pids) ->
            resident.put(name, pids.stream().mapToDouble(ProcessFacts::residentMb).sum()));
    return new Sample(
        scenario.name(),
        target.name(),
        round,
        ProcessFacts.cpuSeconds(pids(processes)) - cpu,
        ProcessFacts.cpuSeconds(stores) - storesCpu,
        upstream.asked() - asked,
        Map.copyOf(resident),
        seen);
  }

  private static Order order(Scenario scenario, Target target, int warmSeconds, int seconds) {
    return new Order(
        target.url(),
        target.headers(),
        scenario.promptBytes(),
        scenario.repeat(),
        scenario.workload(),
        warmSeconds,
        seconds);
  }

  private static List<Long> pids(Map<String, List<Long>> processes) {
    return processes.values().stream().flatMap(Collection::stream).toList();
  }
}
