package dev.flotilla.bench;

import dev.flotilla.bench.load.Callers;
import dev.flotilla.bench.load.Order;
import dev.flotilla.bench.load.Seen;
import dev.flotilla.bench.load.Workload;
import dev.flotilla.bench.machine.ProcessFacts;
import dev.flotilla.bench.machine.ScratchFolder;
import dev.flotilla.bench.measured.Direct;
import dev.flotilla.bench.measured.FleetTarget;
import dev.flotilla.bench.measured.Nginx;
import dev.flotilla.bench.measured.Ports;
import dev.flotilla.bench.measured.Target;
import dev.flotilla.bench.measured.UpstreamProcess;
import dev.flotilla.bench.upstream.Pace;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code ./fleet bench}: every scenario against every target, in turn, round after round. */
final class Comparison {
  private static final int COLD_REQUESTS = 1_000;

  private final BenchOptions options;
  private final Terminal progress;

  Comparison(BenchOptions options, Terminal progress) {
    this.options = options;
    this.progress = progress;
  }

  ComparisonReport run() throws IOException, InterruptedException {
    var samples = new ArrayList<Sample>();
    try (var folder = ScratchFolder.named("fleet-bench");
        var upstream = UpstreamProcess.start();
        var nginx =
            Nginx.start(
                program("nginx"),
                folder.path().resolve("nginx"),
                Ports.free(),
                upstream.address());
        var fleet =
            FleetTarget.start(
                options.tree(),
                folder.path().resolve("fleet"),
                upstream.address(),
                options.javaOptions())) {
      var sampler = new Sampler(upstream);
      var cold = cold(upstream, fleet);
      List<Target> targets =
          List.of(new Direct(upstream.address() + "/v1/chat/completions"), nginx, fleet);
      for (Scenario scenario : options.scenarios()) {
        for (Target target : targets) {
          progress.line("warming up " + target.name() + " for " + scenario.name());
          sampler.warmUp(scenario, target, scenario.warm() * options.warm() / 100.0);
        }
        for (int round = 1; round <= rounds(scenario); round++) {
          for (Target target : targets) {
            Sample sample = sampler.take(scenario, target, round, seconds(scenario));
            samples.add(sample);
            progress.line(told(sample));
          }
        }
      }
      return new ComparisonReport(options.scenarios(), cold, List.copyOf(samples));
    }
  }

  /** What a fleet costs that has just started and has compiled nothing yet. */
  private Sample cold(UpstreamProcess upstream, FleetTarget fleet)
      throws IOException, InterruptedException {
    upstream.pace(Pace.AT_ONCE);
    var pids = fleet.processes().values().stream().flatMap(List::stream).toList();
    double sinceStart = ProcessFacts.cpuSeconds(pids);
    long began = System.nanoTime();
    Seen seen =
        Callers.send(
            new Order(
                fleet.url(),
                fleet.headers(),
                200,
                false,
                new Workload.ClosedLoop(4, COLD_REQUESTS),
                0,
                120));
    double seconds = (System.nanoTime() - began) / 1e9;
    progress.line(
        String.format(
            Locale.ROOT,
            "the first %d requests: %.1f s, p50 %.1f ms, p99 %.1f ms; starting had taken %.1f CPU s",
            seen.requests(),
            seconds,
            seen.answers().p50(),
            seen.answers().p99(),
            sinceStart));
    return new Sample(
        "cold",
        fleet.name(),
        1,
        ProcessFacts.cpuSeconds(pids) - sinceStart,
        0,
        seen.requests(),
        Map.of(),
        seen);
  }

  /** Streams that take half a minute are not begun three times. */
  private int rounds(Scenario scenario) {
    return scenario.warm() == 0 ? 1 : options.rounds();
  }

  private int seconds(Scenario scenario) {
    return scenario.warm() == 0 ? Math.max(30, options.seconds()) : options.seconds();
  }

  private static String told(Sample sample) {
    return String.format(
        Locale.ROOT,
        "%s #%d %s: %.0f/s, %.3f CPU s per 1,000, p50 %.2f ms, p99 %.2f ms, %d failed %s",
        sample.scenario(),
        sample.round(),
        sample.target(),
        sample.perSecond(),
        sample.cpuPerThousand(),
        sample.seen().answers().p50(),
        sample.seen().answers().p99(),
        sample.seen().failed(),
        sample.seen().failures());
  }

  private static Path program(String name) throws IOException {
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
      Path program = Path.of(folder, name);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    Path usual = Path.of("/usr/sbin", name);
    if (Files.isExecutable(usual)) {
      return usual;
    }
    throw new IOException(name + " is not installed; try: apt-get install " + name);
  }
}
