package dev.flotilla.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.bench.machine.Balancer;
import dev.flotilla.bench.machine.ScratchFolder;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.Instance;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * {@code ./fleet chaos --runs}: two routers and two provider-services share runs of a pipeline and
 * are killed at random moments, Redis too when that is wanted. Then what the runs say is put beside
 * the ledger and the bill of the upstream.
 */
public final class RunChaos {
  /** Runs at a time. */
  static final int IN_FLIGHT = 8;

  private static final long UPSTREAM_MILLIS = 60;
  private static final int LONGEST_MOMENT_MILLIS = 500;

  private final Path tree;
  private final int runs;
  private final int kills;
  private final long seed;
  private final boolean redisToo;
  private final Terminal progress;

  /**
   * @param redisToo whether Redis is among those that are killed
   */
  public RunChaos(Path tree, int runs, int kills, long seed, boolean redisToo, Terminal progress) {
    this.tree = tree;
    this.runs = runs;
    this.kills = kills;
    this.seed = seed;
    this.redisToo = redisToo;
    this.progress = progress;
  }

  public RunChaosReport run() throws IOException, InterruptedException {
    try (var folder = ScratchFolder.named("fleet-chaos-runs");
        var upstream = BillingUpstream.start(UPSTREAM_MILLIS);
        var routers = Balancer.open();
        var providers = Balancer.open();
        var fleet = start(folder.path(), upstream, providers)) {
      Instance router = fleet.startAnother(Service.ROUTER);
      Instance provider = fleet.startAnother(Service.PROVIDER);
      routers.leadsTo(fleet.url(Service.ROUTER));
      routers.leadsTo(router.url());
      providers.leadsTo(fleet.url(Service.PROVIDER));
      providers.leadsTo(provider.url());
      List<Target> victims = victims(fleet, router, provider);
      long start = System.nanoTime();
      try (var callers = new RunCallers(routers.url(), runs, seed)) {
        List<Thread> threads = callers.begin(IN_FLIGHT);
        Map<String, Integer> killed = kill(victims, callers);
        for (Thread thread : threads) {
          thread.join();
        }
        progress.line("all runs ended; waiting for the ledger");
        Map<String, LedgerRow> rows =
            LedgerRow.complete(
                fleet, List.of(fleet.opsUrl(Service.PROVIDER), provider.opsUrl()), upstream);
        return RunChaosReport.of(
            seed,
            Duration.ofNanos(System.nanoTime() - start),
            killed,
            callers.ended(),
            upstream.bills(),
            rows);
      }
    }
  }

  /**
   * Something to kill.
   *
   * @param death returns when it is back
   */
  private record Target(String name, Runnable death) {}

  private List<Target> victims(LocalFleet fleet, Instance router, Instance provider) {
    var victims = new ArrayList<Target>();
    victims.add(new Target("ROUTER", () -> Victim.ROUTER.die(fleet)));
    victims.add(new Target("ROUTER 2", () -> die(fleet, router)));
    victims.add(new Target("PROVIDER", () -> Victim.PROVIDER.die(fleet)));
    victims.add(new Target("PROVIDER 2", () -> die(fleet, provider)));
    if (redisToo) {
      victims.add(new Target("REDIS", () -> Victim.REDIS.die(fleet)));
    }
    return List.copyOf(victims);
  }

  private static void die(LocalFleet fleet, Instance instance) {
    fleet.kill9(instance);
    fleet.awaitReady(instance);
  }

  /** Spreads the kills over the runs; how often each was killed. */
  private Map<String, Integer> kill(List<Target> victims, RunCallers callers)
      throws InterruptedException {
    var random = new Random(seed);
    var killed = new LinkedHashMap<String, Integer>();
    for (int i = 1; i <= kills; i++) {
      int after = (int) ((long) runs * i / (kills + 1));
      callers.allow(after);
      callers.awaitBegun(after);
      // The load is not used up while a part comes back.
      callers.allow((int) ((long) runs * (i + 1) / (kills + 1)));
      Thread.sleep(random.nextInt(LONGEST_MOMENT_MILLIS));
      Target victim = victims.get(random.nextInt(victims.size()));
      progress.line("kill -9 " + victim.name() + " after " + after + " runs began");
      victim.death().run();
      killed.merge(victim.name(), 1, Integer::sum);
    }
    callers.allow(runs);
    return killed;
  }

  private LocalFleet start(Path folder, BillingUpstream upstream, Balancer providers) {
    Path config = tree.resolve("bench").resolve("config");
    return LocalFleet.startUntilExit(
        FleetOptions.inTree(tree)
            .withState(folder)
            .withPorts(FleetPorts.free())
            .withConfigDirectory(config)
            .with("FLOTILLA_KEYS_FILE", config.resolve("keys.yaml").toString())
            .with("FLOTILLA_PROVIDERS_ENABLED", "bench")
            .with(Service.ROUTER, "FLOTILLA_PROVIDER_URL", providers.url().toString())
            .with("FLOTILLA_TRANSPORT_ATTEMPT_HEADER", "true")
            .with("FLOTILLA_TRACING_RATIO", "0")
            .with("FLOTILLA_PIPELINE_HEARTBEAT", "PT0.5S")
            .with("FLOTILLA_PIPELINE_POLL", "PT0.2S")
            .with("OPENAI_BASE_URL", upstream.url().toString()),
        progress::line,
        changed -> {});
  }

  /**
   * A run at its end.
   *
   * @param run as the API shows it; an object without a status when it never ended
   */
  record EndedRun(int number, JsonNode run) {}
}
