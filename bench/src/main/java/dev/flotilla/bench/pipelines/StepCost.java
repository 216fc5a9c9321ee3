package dev.flotilla.bench.pipelines;

import dev.flotilla.bench.machine.ProcessFacts;
import dev.flotilla.bench.machine.ScratchFolder;
import dev.flotilla.bench.measured.UpstreamProcess;
import dev.flotilla.bench.upstream.Pace;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code ./fleet pipelines}: runs of ten steps, and the ten calls of such a run as chat requests,
 * in turn. What a step takes beside its call is the difference.
 */
public final class StepCost {
  static final int STEPS = 10;

  private static final int LATENCY_MILLIS = 5;

  /**
   * Runs, and as many calls as they have steps: a JVM compiles what it has done ten thousand times.
   */
  private static final int WARM_UP = 1_200;

  private static final int WARMING_AT_ONCE = 8;
  private static final String KEY = "bench";

  private final Path tree;
  private final int rounds;
  private final Terminal progress;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicLong sent = new AtomicLong();

  /**
   * @param rounds runs that are measured
   */
  public StepCost(Path tree, int rounds, Terminal progress) {
    this.tree = tree;
    this.rounds = rounds;
    this.progress = progress;
  }

  /** Measures; takes about a second for five rounds, and some for the warm-up. */
  public StepCostReport run() throws IOException, InterruptedException {
    try (var folder = ScratchFolder.named("fleet-pipelines");
        var upstream = UpstreamProcess.start();
        var fleet = start(folder.path(), upstream)) {
      upstream.pace(new Pace(LATENCY_MILLIS, 1, 0));
      progress.line("warming up");
      warmUp(fleet.url());
      var runs = new long[rounds];
      var calls = new long[rounds];
      double ofRuns = 0;
      double ofCalls = 0;
      double storeOfRuns = 0;
      for (int i = 0; i < rounds; i++) {
        double before = cpu(fleet);
        double storeBefore = storeCpu(fleet);
        long start = System.nanoTime();
        pipeline(fleet.url());
        long between = System.nanoTime();
        double middle = cpu(fleet);
        storeOfRuns += storeCpu(fleet) - storeBefore;
        long again = System.nanoTime();
        chats(fleet.url());
        calls[i] = System.nanoTime() - again;
        runs[i] = between - start;
        ofRuns += middle - before;
        ofCalls += cpu(fleet) - middle;
      }
      return new StepCostReport(
          rounds,
          millis(runs),
          millis(calls),
          ofRuns * 1_000 / rounds / STEPS,
          ofCalls * 1_000 / rounds / STEPS,
          storeOfRuns * 1_000 / rounds / STEPS);
    }
  }

  private void warmUp(URI router) throws IOException, InterruptedException {
    try (var together = Executors.newFixedThreadPool(WARMING_AT_ONCE)) {
      var ends = new ArrayList<Future<?>>();
      for (int i = 0; i < WARM_UP; i++) {
        ends.add(
            together.submit(
                () -> {
                  pipeline(router);
                  chats(router);
                  return null;
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("the warm-up failed: " + e.getCause(), e);
    }
  }

  private static double cpu(LocalFleet fleet) {
    return ProcessFacts.cpuSeconds(List.of(fleet.pid(Service.ROUTER)));
  }

  private static double storeCpu(LocalFleet fleet) {
    return ProcessFacts.cpuSeconds(ProcessFacts.tree(fleet.postgresPid()));
  }

  /** The median of what a step, or a call, took. */
  private static double millis(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2] / 1e6 / STEPS;
  }

  private void pipeline(URI router) throws IOException, InterruptedException {
    post(
        router.resolve("/v1/pipelines/ten-steps/runs"),
        "{\"input\":{\"seed\":\"seed %d\"}}".formatted(sent.getAndIncrement()));
  }

  private void chats(URI router) throws IOException, InterruptedException {
    for (int i = 0; i < STEPS; i++) {
      post(
          router.resolve("/v1/chat/completions"),
          "{\"model\":\"bench/gpt-mock\",\"max_tokens\":20,\"messages\":[{\"role\":\"user\",\"content\":\"seed %d\"}]}"
              .formatted(sent.getAndIncrement()));
    }
  }

  private void post(URI to, String body) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(to)
                .timeout(Duration.ofSeconds(30))
                .header("authorization", "Bearer " + KEY)
                .header("cache-control", "no-store")
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(to + " answered " + answer.statusCode() + ": " + answer.body());
    }
  }

  private LocalFleet start(Path folder, UpstreamProcess upstream) {
    Path config = tree.resolve("bench").resolve("config");
    return LocalFleet.startUntilExit(
        FleetOptions.inTree(tree)
            .withState(folder.resolve("state"))
            .withPorts(FleetPorts.free())
            .withConfigDirectory(config)
            .with("FLOTILLA_KEYS_FILE", config.resolve("keys.yaml").toString())
            .with("FLOTILLA_PROVIDERS_ENABLED", "bench")
            .with("FLOTILLA_TRACING_RATIO", "0")
            .with("OPENAI_BASE_URL", upstream.address() + "/v1"),
        progress::line,
        changed -> {});
  }
}
