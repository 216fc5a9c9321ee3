package dev.flotilla.bench.chaos;

import dev.flotilla.bench.machine.Balancer;
import dev.flotilla.bench.machine.ScratchFolder;
import dev.flotilla.local.supervision.AotCache;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.Instance;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.local.terminal.Terminal;
import dev.flotilla.local.training.BackgroundTraining;
import dev.flotilla.local.training.TrainingProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code ./fleet restarts}: two of each service behind balancers that ask for readiness, as in
 * Kubernetes, and under load each of them in turn is asked to end, waited for and started again.
 * Nobody may notice, and the ledger is the upstream's bill.
 */
public final class Restarts {
  /** Balancers look four times a second. */
  private static final String NOTICE = "PT2S";

  /** Longer than the longest stream here. */
  private static final String GRACE = "PT30S";

  /** A stream is seven of these pauses long, which is 2.8 s. */
  private static final long UPSTREAM_MILLIS = 400;

  /** Until compilers have done most of their work for what will not be restarted. */
  private static final Duration WARM_UP = Duration.ofSeconds(60);

  private final Path tree;
  private final int perSecond;
  private final int warmUpSeconds;
  private final List<Service> services;
  private final Terminal progress;

  /**
   * @param perSecond requests that begin in each second
   * @param warm how long there is half of that before, in percent of a minute
   * @param services whose processes are restarted, in this order
   */
  public Restarts(Path tree, int perSecond, int warm, List<Service> services, Terminal progress) {
    this.tree = tree;
    this.perSecond = perSecond;
    this.warmUpSeconds = Math.toIntExact(WARM_UP.toSeconds() * warm / 100);
    this.services = List.copyOf(services);
    this.progress = progress;
  }

  public RestartsReport run() throws IOException, InterruptedException {
    prepareFasterStarts();
    var doors = new EnumMap<Service, Balancer>(Service.class);
    for (Service service : Service.values()) {
      doors.put(service, Balancer.open());
    }
    try (var folder = ScratchFolder.named("fleet-restarts");
        var upstream = BillingUpstream.start(UPSTREAM_MILLIS);
        var fleet = start(folder.path(), upstream, doors)) {
      var seconds = new EnumMap<Service, Instance>(Service.class);
      for (Service service : Service.values()) {
        door(doors, service).leadsTo(fleet.url(service), fleet.opsUrl(service));
      }
      for (Service service : services) {
        Instance second = fleet.startAnother(service);
        seconds.put(service, second);
        door(doors, service).leadsTo(second.url(), second.opsUrl());
      }
      for (Service service : Service.values()) {
        door(doors, service).awaitWidth(seconds.containsKey(service) ? 2 : 1);
      }
      limit(door(doors, Service.ROUTER).url());
      return restart(fleet, upstream, doors, seconds);
    } finally {
      for (Balancer door : doors.values()) {
        door.close();
      }
    }
  }

  /** As the images have them. */
  private void prepareFasterStarts() throws IOException, InterruptedException {
    if (BackgroundTraining.isSwitchedOff() || TrainingProcess.isDone(tree)) {
      return;
    }
    progress.line("Preparing faster starts, as the images have them");
    Path log = AotCache.folderIn(tree).resolve("training.log");
    if (!TrainingProcess.await(tree, System.getProperty("java.class.path"), log)) {
      throw new IOException("no faster starts, see " + log);
    }
  }

  /** More than is spent, but each call needs a lease, and without cost-service it is refused. */
  private static void limit(URI door) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(door.resolve("/v1/budgets/team:bench"))
            .header("authorization", "Bearer bench-admin")
            .header("content-type", "application/json")
            .PUT(
                HttpRequest.BodyPublishers.ofString(
                    "{\"limit_usd\":1000,\"period\":\"year\",\"on_ledger_away\":\"refuse\"}"))
            .build();
    try (var http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException("no budget could be set: " + answer.body());
      }
    }
  }

  private RestartsReport restart(
      LocalFleet fleet,
      BillingUpstream upstream,
      Map<Service, Balancer> doors,
      Map<Service, Instance> seconds)
      throws IOException, InterruptedException {
    var gone = new TreeMap<String, Duration>();
    warmUp(door(doors, Service.ROUTER).url());
    try (var callers = new PacedCallers("request", door(doors, Service.ROUTER).url(), perSecond)) {
      callers.begin();
      callers.awaitBegun(3 * perSecond);
      for (Service service : services) {
        Balancer door = door(doors, service);
        Instance second = second(seconds, service);
        String label = service.label();
        gone.put(label + " 1", timed(label + " 1", () -> fleet.stop(service)));
        fleet.start(service);
        door.awaitWidth(2);
        gone.put(label + " 2", timed(label + " 2", () -> fleet.stop(second)));
        fleet.start(second);
        door.awaitWidth(2);
      }
      callers.awaitBegun(callers.begun() + perSecond);
      callers.end();
      progress.line(callers.begun() + " requests ended; waiting for the ledger");
      var providers = new ArrayList<URI>(List.of(fleet.opsUrl(Service.PROVIDER)));
      if (seconds.containsKey(Service.PROVIDER)) {
        providers.add(second(seconds, Service.PROVIDER).opsUrl());
      }
      Map<String, LedgerRow> rows = LedgerRow.complete(fleet, providers, upstream);
      return RestartsReport.of(perSecond, gone, callers, upstream.bills(), rows);
    }
  }

  /** What these callers are told is not counted; what they spend is. */
  private void warmUp(URI door) throws InterruptedException {
    int rate = Math.max(1, perSecond / 2);
    try (var callers = new PacedCallers("warm-up", door, rate)) {
      callers.begin();
      callers.awaitBegun(rate * warmUpSeconds);
      callers.end();
      progress.line(
          "%d requests to warm up, of which failed: %s"
              .formatted(callers.begun(), callers.failures()));
    }
  }

  private Duration timed(String who, Runnable stop) {
    long start = System.nanoTime();
    stop.run();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    progress.line("%s left after %d ms".formatted(who, took.toMillis()));
    return took;
  }

  private static Balancer door(Map<Service, Balancer> doors, Service service) {
    Balancer door = doors.get(service);
    if (door == null) {
      throw new IllegalStateException("no balancer for " + service);
    }
    return door;
  }

  private static Instance second(Map<Service, Instance> seconds, Service service) {
    Instance second = seconds.get(service);
    if (second == null) {
      throw new IllegalStateException("no second " + service);
    }
    return second;
  }

  private LocalFleet start(Path folder, BillingUpstream upstream, Map<Service, Balancer> doors) {
    Path config = tree.resolve("bench").resolve("config");
    FleetOptions options =
        FleetOptions.inTree(tree)
            .withState(folder)
            .withPorts(FleetPorts.free())
            .withConfigDirectory(config)
            .with("FLOTILLA_KEYS_FILE", config.resolve("keys.yaml").toString())
            .with("FLOTILLA_PROVIDERS_ENABLED", "bench")
            .with("FLOTILLA_TRANSPORT_ATTEMPT_HEADER", "true")
            .with("FLOTILLA_TRACING_RATIO", "0")
            // A machine that is busy with tests is not a ledger that is away.
            .with("FLOTILLA_BUDGETS_TIME_BOX", "PT20S")
            .with("FLOTILLA_DEPARTURE_NOTICE", NOTICE)
            .with("FLOTILLA_DEPARTURE_GRACE", GRACE)
            .with("OPENAI_BASE_URL", upstream.url().toString());
    for (Service caller : Service.values()) {
      options =
          options
              .with(caller, "FLOTILLA_PROVIDER_URL", door(doors, Service.PROVIDER).url().toString())
              .with(caller, "FLOTILLA_COST_URL", door(doors, Service.COST).url().toString())
              .with(caller, "FLOTILLA_REVIEW_URL", door(doors, Service.REVIEW).url().toString());
    }
    return LocalFleet.startUntilExit(options, progress::line, changed -> {});
  }
}
