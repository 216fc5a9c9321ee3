package dev.flotilla.bench.chaos;

import dev.flotilla.bench.machine.ScratchFolder;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * {@code ./fleet chaos}: a fleet under load, whose parts are killed at random moments, and then its
 * ledger beside the bill of the upstream. The same seed kills the same parts after the same
 * requests.
 */
public final class Chaos {
  private static final int CALLERS = 16;
  private static final long PAUSE_MILLIS = 3;

  private final Path tree;
  private final int requests;
  private final int kills;
  private final long seed;
  private final Terminal progress;

  public Chaos(Path tree, int requests, int kills, long seed, Terminal progress) {
    this.tree = tree;
    this.requests = requests;
    this.kills = kills;
    this.seed = seed;
    this.progress = progress;
  }

  /** A kill and the request after whose beginning it comes. */
  private record Kill(int after, Victim victim) {}

  public ChaosReport run() throws IOException, InterruptedException {
    try (var folder = ScratchFolder.named("fleet-chaos");
        var upstream = BillingUpstream.start(PAUSE_MILLIS);
        var fleet = start(folder.path(), upstream);
        var callers = new Callers(fleet.url().resolve("/v1/chat/completions"), requests, seed)) {
      long start = System.nanoTime();
      List<Thread> threads = callers.begin(CALLERS);
      var killed = new ArrayList<Victim>();
      List<Kill> plan = plan();
      callers.allow(plan.isEmpty() ? requests : plan.getFirst().after());
      for (int i = 0; i < plan.size(); i++) {
        Kill next = plan.get(i);
        callers.awaitBegun(next.after());
        // The load is not used up while a part comes back: the next kill finds its share of it.
        callers.allow(i + 1 < plan.size() ? plan.get(i + 1).after() : requests);
        callers.awaitBegun(
            Math.min(
                next.after() + CALLERS, i + 1 < plan.size() ? plan.get(i + 1).after() : requests));
        progress.line("kill -9 " + next.victim() + " after " + next.after() + " requests");
        callers.kills(true);
        next.victim().die(fleet);
        callers.kills(false);
        killed.add(next.victim());
      }
      for (Thread thread : threads) {
        thread.join();
      }
      progress.line(callers.ended() + " requests ended; waiting for the ledger");
      Map<String, LedgerRow> rows =
          LedgerRow.complete(fleet, List.of(fleet.opsUrl(Service.PROVIDER)), upstream);
      return ChaosReport.of(
          seed,
          requests,
          callers.answered(),
          callers.failures(),
          Duration.ofNanos(System.nanoTime() - start),
          killed,
          CALLERS,
          upstream.bills(),
          rows);
    }
  }

  private LocalFleet start(Path folder, BillingUpstream upstream) {
    Path config = tree.resolve("bench").resolve("config");
    return LocalFleet.startUntilExit(
        FleetOptions.inTree(tree)
            .withState(folder)
            .withPorts(FleetPorts.free())
            .withConfigDirectory(config)
            .with("FLOTILLA_KEYS_FILE", config.resolve("keys.yaml").toString())
            .with("FLOTILLA_PROVIDERS_ENABLED", "bench")
            .with("FLOTILLA_TRANSPORT_ATTEMPT_HEADER", "true")
            .with("FLOTILLA_TRACING_RATIO", "0")
            .with("OPENAI_BASE_URL", upstream.url().toString()),
        progress::line,
        changed -> {});
  }

  private List<Kill> plan() {
    var random = new Random(seed);
    List<Victim> victims = List.of(Victim.values());
    return random
        .ints(kills, 1, Math.max(2, requests))
        .sorted()
        .boxed()
        .map(after -> new Kill(after, victims.get(random.nextInt(victims.size()))))
        .toList();
  }
}
