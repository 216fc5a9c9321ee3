package dev.flotilla.bench.soak;

import dev.flotilla.bench.load.Callers;
import dev.flotilla.bench.load.Order;
import dev.flotilla.bench.load.Seen;
import dev.flotilla.bench.load.Workload;
import dev.flotilla.bench.machine.CommittedMemory;
import dev.flotilla.bench.machine.LiveHeap;
import dev.flotilla.bench.machine.ProcessFacts;
import dev.flotilla.bench.machine.ScratchFolder;
import dev.flotilla.bench.measured.FleetTarget;
import dev.flotilla.bench.measured.UpstreamProcess;
import dev.flotilla.bench.upstream.Pace;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * {@code ./fleet soak}: streams held open, new prompts and repeated ones at a steady rate, and
 * every ten seconds a look at the memory. The services' heaps are committed and touched from the
 * start, so that resident memory that still grows is growth outside of the heap; what grows inside
 * is seen by what each collection leaves.
 */
public final class Soak {
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);

  /** A thousand streams would be refused by JVMs that have not compiled anything yet. */
  private static final Duration BEFORE = Duration.ofSeconds(40);

  /** Of its time, until when the JVMs still compile and fill their caches. */
  static final double WARM_UP = 1.0 / 3;

  private static final int STREAMS = 1_000;
  private static final int CHUNKS = 30;
  private static final int BETWEEN_CHUNKS_MS = 1_000;

  private final Path tree;
  private final Duration length;
  private final Terminal progress;

  public Soak(Path tree, Duration length, Terminal progress) {
    this.tree = tree;
    this.length = length;
    this.progress = progress;
  }

  public SoakReport run() throws IOException, InterruptedException {
    try (var folder = ScratchFolder.named("fleet-soak");
        var upstream = UpstreamProcess.start();
        var fleet =
            FleetTarget.start(
                tree,
                folder.path(),
                upstream.address(),
                "-Xms256m -XX:+AlwaysPreTouch -XX:NativeMemoryTracking=summary");
        var loads = Executors.newVirtualThreadPerTaskExecutor()) {
      progress.line("warming up for " + BEFORE.toSeconds() + " s");
      Callers.send(order(fleet, new Workload.ClosedLoop(8, 0), false, BEFORE));
      upstream.pace(new Pace(20, CHUNKS, BETWEEN_CHUNKS_MS));
      var underway = new ArrayList<Future<Seen>>();
      for (Order order : orders(fleet)) {
        underway.add(loads.submit((Callable<Seen>) () -> Callers.send(order)));
      }
      var memory = watch(fleet, underway);
      var seen = new ArrayList<Seen>();
      for (Future<Seen> load : underway) {
        seen.add(result(load));
      }
      return new SoakReport(length, memory, List.copyOf(seen));
    }
  }

  private List<Order> orders(FleetTarget fleet) {
    return List.of(
        order(
            fleet,
            new Workload.Streams(STREAMS, CHUNKS, CHUNKS * BETWEEN_CHUNKS_MS),
            false,
            length),
        order(fleet, new Workload.OpenLoop(40), false, length),
        order(fleet, new Workload.OpenLoop(40), true, length));
  }

  private static Order order(
      FleetTarget fleet, Workload workload, boolean repeat, Duration length) {
    return new Order(
        fleet.url(),
        fleet.headers(),
        200,
        repeat,
        workload,
        0,
        Math.toIntExact(length.toSeconds()));
  }

  private Map<String, ServiceMemory> watch(FleetTarget fleet, List<Future<Seen>> underway)
      throws IOException, InterruptedException {
    var memory = new LinkedHashMap<String, ServiceMemory>();
    long began = System.nanoTime();
    while (System.nanoTime() - began < length.toNanos()
        && underway.stream().noneMatch(Future::isDone)) {
      for (int i = 0; i < BETWEEN_LOOKS.toSeconds(); i++) {
        Thread.sleep(1_000);
        double minute = (System.nanoTime() - began) / 60e9;
        if (warm(minute)) {
          for (var service : fleet.processes().entrySet()) {
            of(service.getKey(), memory)
                .resident(minute, ProcessFacts.residentMb(service.getValue().getFirst()));
          }
        }
      }
      double minute = (System.nanoTime() - began) / 60e9;
      var line = new StringBuilder(String.format(Locale.ROOT, "%5.1f min", minute));
      for (var service : fleet.processes().entrySet()) {
        long pid = service.getValue().getFirst();
        double heap = LiveHeap.mb(pid);
        if (warm(minute)) {
          of(service.getKey(), memory).heap(minute, heap);
          of(service.getKey(), memory).committed(minute, CommittedMemory.mb(pid));
        }
        line.append(
            String.format(
                Locale.ROOT,
                "  %s %.1f (heap %.1f)",
                service.getKey(),
                ProcessFacts.residentMb(pid),
                heap));
      }
      progress.line(line + (warm(minute) ? "" : "  warming up"));
    }
    return Map.copyOf(memory);
  }

  private boolean warm(double minute) {
    return minute >= length.toSeconds() / 60.0 * WARM_UP;
  }

  private static ServiceMemory of(String service, Map<String, ServiceMemory> memory) {
    return memory.computeIfAbsent(service, name -> new ServiceMemory());
  }

  private static Seen result(Future<Seen> load) throws IOException, InterruptedException {
    try {
      return load.get();
    } catch (ExecutionException e) {
      throw new IOException("the callers failed: " + e.getCause(), e);
    }
  }
}
