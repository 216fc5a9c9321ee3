package dev.flotilla.bench.budgets;

import dev.flotilla.bench.load.Callers;
import dev.flotilla.bench.load.Order;
import dev.flotilla.bench.load.Seen;
import dev.flotilla.bench.load.Workload;
import dev.flotilla.bench.machine.ScratchFolder;
import dev.flotilla.bench.measured.UpstreamProcess;
import dev.flotilla.bench.upstream.Pace;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/**
 * {@code ./fleet outage}: cost-service is away for minutes while 200 requests come every second,
 * half of them paid from a budget that serves then and half from one that refuses. Both budgets are
 * too small for that time.
 */
public final class Outage {
  private static final String SERVES = "serves";
  private static final String REFUSES = "refuses";
  private static final String NEITHER = "neither";
  private static final Workload PACE = new Workload.OpenLoop(100);
  private static final long LIMIT = 3_000_000;
  private static final int LATENCY_MILLIS = 20;
  private static final Duration LONGEST_LAG = Duration.ofMinutes(5);

  /** JVMs that have compiled nothing yet cannot answer 200 requests a second. */
  private static final int SECONDS_OF_WARM_UP = 40;

  /** So that leases are held when cost-service goes. */
  private static final int SECONDS_BEFORE = 2;

  private final Path tree;
  private final Duration length;
  private final Terminal progress;

  public Outage(Path tree, Duration length, Terminal progress) {
    this.tree = tree;
    this.length = length;
    this.progress = progress;
  }

  public OutageReport run() throws IOException, InterruptedException {
    try (var folder = ScratchFolder.named("fleet-outage");
        var upstream = UpstreamProcess.start();
        var fleet =
            BudgetedFleet.start(
                tree, folder.path(), upstream, List.of(SERVES, REFUSES, NEITHER), progress);
        var door = new FleetDoor(fleet.url(), BudgetedFleet.ADMIN)) {
      upstream.pace(new Pace(LATENCY_MILLIS, 1, 0));
      progress.line("warming up for " + SECONDS_OF_WARM_UP + " s");
      Callers.send(order(fleet, NEITHER, new Workload.ClosedLoop(8, 0), SECONDS_OF_WARM_UP));
      door.limit("team:" + SERVES, LIMIT, "serve");
      door.limit("team:" + REFUSES, LIMIT, "refuse");
      load(fleet, SECONDS_BEFORE);
      progress.line("cost-service leaves for " + length);
      fleet.stop(Service.COST);
      var seen = load(fleet, Math.toIntExact(length.toSeconds()));
      fleet.start(Service.COST);
      fleet.awaitReady(Service.COST);
      Duration lag = untilShipped(door, fleet);
      return new OutageReport(
          length,
          seen.serves(),
          seen.refuses(),
          lag,
          door.booked("team:" + SERVES) - LIMIT,
          (long) door.metric(fleet.opsUrl(Service.PROVIDER), "llm_budget_overshoot_nanousd_total"),
          Math.max(0, door.booked("team:" + REFUSES) - LIMIT));
    }
  }

  private record Both(Seen serves, Seen refuses) {}

  private static Both load(LocalFleet fleet, int seconds) throws IOException, InterruptedException {
    try (var loads = Executors.newVirtualThreadPerTaskExecutor()) {
      var serves =
          loads.submit((Callable<Seen>) () -> Callers.send(order(fleet, SERVES, PACE, seconds)));
      var refuses =
          loads.submit((Callable<Seen>) () -> Callers.send(order(fleet, REFUSES, PACE, seconds)));
      return new Both(serves.get(), refuses.get());
    } catch (ExecutionException e) {
      throw new IOException("the callers failed: " + e.getCause(), e);
    }
  }

  private static Order order(LocalFleet fleet, String key, Workload workload, int seconds) {
    return new Order(
        fleet.url() + "/v1/chat/completions",
        Map.of("authorization", "Bearer " + key),
        100,
        false,
        workload,
        0,
        seconds);
  }

  private static Duration untilShipped(FleetDoor door, LocalFleet fleet)
      throws InterruptedException {
    long back = System.nanoTime();
    while (door.metric(fleet.opsUrl(Service.PROVIDER), "ledger_oldest_unshipped_seconds") > 0
        && System.nanoTime() - back < LONGEST_LAG.toNanos()) {
      Thread.sleep(50);
    }
    return Duration.ofNanos(System.nanoTime() - back);
  }
}
