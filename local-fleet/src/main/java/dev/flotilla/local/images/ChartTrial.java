package dev.flotilla.local.images;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.flotilla.local.demo.RouterClient;
import dev.flotilla.local.supervision.CannotStart;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./fleet images --chart}: builds the images, plays the pods of {@code k8s/overlays/local}
 * by podman with what the manifests say, asks them something, and runs what {@code helm test} runs.
 * PostgreSQL and Redis are processes of this machine. However it ends, nothing of it is left.
 */
public final class ChartTrial {
  private static final String OVERLAY = "k8s/overlays/local";

  /** For the ledger, which hears of a request a moment after the answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path tree;
  private final FleetPorts ports;
  private final Terminal out;
  private final ImageBuild build;

  /**
   * @param base an image to build on; null for none
   * @param ports their base tells trials apart that run at the same time; pods listen on 8080 and
   *     9090 of addresses of their own
   */
  public ChartTrial(Path tree, @Nullable String base, FleetPorts ports, Terminal out) {
    this.tree = tree;
    this.ports = ports;
    this.out = out;
    this.build = new ImageBuild(tree, base, ports, out::line);
  }

  /**
   * @return whether all is well
   * @throws CannotStart when a program is missing or a pod does not become ready, saying why
   */
  public boolean run() throws IOException, InterruptedException {
    Podman.mustBeThere();
    mustBeThere(
        "kubectl",
        "renders " + OVERLAY,
        "https://kubernetes.io/docs/tasks/tools/ (1.21 or newer)   |   brew install kubectl");
    mustBeThere("curl", "asks what helm test asks", "apt-get install curl");
    var overlay = Overlay.rendered(tree.resolve(OVERLAY));
    build.run(EnumSet.allOf(Service.class));
    var scratch = tree.resolve("target").resolve("chart-trial-" + ports.base());
    Layout.delete(scratch);
    var environment = new HashMap<>(System.getenv());
    environment.keySet().retainAll(Containers.HARMLESS);
    var options =
        FleetOptions.inTree(tree)
            .withState(scratch.resolve("state"))
            .withPorts(ports)
            .withEnvironment(environment)
            .withPatience(Containers.PATIENCE);
    try (var stores = LocalFleet.startStores(options, out::line)) {
      var here = surroundings(overlay, stores, scratch.resolve("files"));
      var pods = new ArrayList<PlayedPod>();
      for (var workload : overlay.workloads()) {
        pods.add(PlayedPod.of(overlay, workload, here));
      }
      return tried(pods, scratch);
    } finally {
      Layout.delete(scratch);
    }
  }

  private boolean tried(List<PlayedPod> pods, Path scratch)
      throws IOException, InterruptedException {
    out.line(
        "Playing the %d pods of %s by podman, with what the manifests say"
            .formatted(pods.size(), OVERLAY));
    try (var played = PlayedPods.play(pods, scratch)) {
      var ready = played.awaitReady(Containers.PATIENCE);
      var contained = new LinkedHashMap<String, Contained>();
      var answered = answered(pods);
      for (var pod : pods) {
        contained.put(pod.part(), Contained.of(pod.container()));
      }
      out.line("What helm test asks:");
      var asked = ask(pods);
      asked.lines().forEach(line -> out.line("  " + line));
      show(pods, ready, contained, asked.lines());
      return answered
          && asked.status() == 0
          && contained.values().stream().allMatch(ChartTrial::isRestricted);
    }
  }

  private PlayedPod.Surroundings surroundings(Overlay overlay, LocalFleet stores, Path folder) {
    var instead = new HashMap<>(stores.environment(Service.ROUTER));
    instead
        .keySet()
        .retainAll(
            List.of("FLOTILLA_POSTGRES_URL", "FLOTILLA_POSTGRES_USER", "FLOTILLA_REDIS_URL"));
    var addresses = new HashMap<String, String>();
    for (var workload : overlay.workloads()) {
      addresses.put(
          workload.part(),
          "127.%d.%d.%d".formatted(ports.base() >> 8, ports.base() & 255, addresses.size() + 1));
    }
    return new PlayedPod.Surroundings(
        Map.of(
            "flotilla-secrets",
            Map.of("service-token", random(), "cache-secret", random()),
            "flotilla-keys",
            Map.of("keys.yaml", Containers.keys()),
            "flotilla-postgres",
            Map.of(
                "password",
                Objects.requireNonNull(
                    stores.environment(Service.COST).get("FLOTILLA_POSTGRES_PASSWORD")))),
        instead,
        addresses,
        ImageBuild.PREFIX,
        Integer.toString(ports.base()),
        folder);
  }

  private boolean answered(List<PlayedPod> pods) throws IOException, InterruptedException {
    var body = JsonNodeFactory.instance.objectNode().put("model", "auto");
    body.putArray("messages")
        .addObject()
        .put("role", "user")
        .put("content", "Translate to French: the ship sails at dawn");
    var router =
        new RouterClient(URI.create("http://" + address(pods, "router") + ":8080"), Containers.KEY);
    var answer = router.ask(body);
    if (!answer.succeeded()) {
      out.line(out.red("One request: " + answer.problem()));
      return false;
    }
    var inLedger = router.costInLedger(answer.requestId(), PATIENCE);
    var same = inLedger.isPresent() && inLedger.get().compareTo(answer.cost()) == 0;
    var said =
        "One request: answered by %s for %s USD; the ledger has %s"
            .formatted(
                answer.model(),
                answer.cost().toPlainString(),
                inLedger.map(cost -> same ? "the same" : cost.toPlainString()).orElse("nothing"));
    out.line(same ? said : out.red(said));
    return same && answer.cost().signum() > 0;
  }

  private record Asked(int status, List<String> lines) {}

  /** The chart's script with the addresses there are here. */
  private Asked ask(List<PlayedPod> pods) throws IOException, InterruptedException {
    var command =
        new ProcessBuilder("sh", tree.resolve("helm/flotilla/files/answers.sh").toString())
            .redirectErrorStream(true);
    command
        .environment()
        .putAll(
            Map.of(
                "READY",
                pods.stream()
                    .map(pod -> pod.part() + "=http://" + pod.address() + ":9090")
                    .collect(Collectors.joining(" ")),
                "ROUTER",
                "http://" + address(pods, "router") + ":8080",
                "API_KEY",
                Containers.KEY,
                "PATIENCE",
                "10"));
    var process = command.start();
    process.getOutputStream().close();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Asked(process.waitFor(), said.lines().toList());
  }

  private void show(
      List<PlayedPod> pods,
      Map<String, Duration> ready,
      Map<String, Contained> contained,
      List<String> asked) {
    var table =
        new Table("Pod", ">ready after s", ">user", "root", ">resident MB", ">of", "result");
    for (var pod : pods) {
      var process = Objects.requireNonNull(contained.get(pod.part()));
      table.row(
          pod.name(),
          String.format(
              Locale.ROOT, "%.1f", Objects.requireNonNull(ready.get(pod.part())).toMillis() / 1e3),
          Long.toString(process.user()),
          process.readOnlyRoot() ? "read-only" : "writable",
          megabytes(process.mostResident()),
          process.memoryLimit() == Long.MAX_VALUE ? "no limit" : megabytes(process.memoryLimit()),
          asked.contains("ok      " + pod.part() + " is ready") && isRestricted(process)
              ? "ok"
              : "FAILED");
    }
    table.print(out);
  }

  /** As the manifests want it. */
  private static boolean isRestricted(Contained process) {
    return process.user() == 10_001 && process.readOnlyRoot() && process.powerless();
  }

  private static String address(List<PlayedPod> pods, String part) {
    return pods.stream()
        .filter(pod -> pod.part().equals(part))
        .findFirst()
        .orElseThrow(() -> new CannotStart(OVERLAY + " has no " + part))
        .address();
  }

  private static void mustBeThere(String program, String what, String how) {
    if (!Command.isThere(program)) {
      throw new CannotStart(
          "./fleet images --chart needs %s, which %s, and there is none on the PATH. Install it and try again:  %s"
              .formatted(program, what, how));
    }
  }

  private static String random() {
    return UUID.randomUUID().toString();
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.0f", bytes / 1e6);
  }
}
