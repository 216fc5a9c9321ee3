package dev.flotilla.local.images;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.flotilla.local.demo.Answer;
import dev.flotilla.local.demo.RouterClient;
import dev.flotilla.local.supervision.CannotStart;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.FleetState;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./fleet images}: builds the four images, runs them together as Kubernetes would, asks them
 * something, and prints what they weigh and how long they take to start.
 */
public final class Images {
  /** What the chart's pods have to get along with at least. */
  public static final int MEMORY_MB = 384;

  private static final double MOST_ALONE = 5;
  private static final double MOST_AT_ONCE = 15;

  private final Path tree;
  private final Terminal out;
  private final ImageBuild build;
  private final FleetPorts ports;

  /**
   * @param base an image to build on; null for none
   * @param ports of the fleet that is run to try them
   */
  public Images(Path tree, @Nullable String base, FleetPorts ports, Terminal out) {
    this.tree = tree;
    this.out = out;
    this.ports = ports;
    this.build = new ImageBuild(tree, base, ports, out::line);
  }

  /**
   * @param strict whether a start that takes too long makes this fail
   * @return whether all is well
   */
  public boolean run(boolean strict) throws IOException, InterruptedException {
    build.run(EnumSet.allOf(Service.class));
    out.line("Running the four, read-only, with %d MB each".formatted(MEMORY_MB));
    var scratch = tree.resolve("target").resolve("images-trial");
    Layout.delete(scratch);
    var containers = new Containers(tree, scratch, MEMORY_MB);
    var options = containers.asTheyAre(build::name, ports);
    var atOnce = new EnumMap<Service, Double>(Service.class);
    var alone = new EnumMap<Service, Double>(Service.class);
    var contained = new EnumMap<Service, Contained>(Service.class);
    Answer answer;
    try (var fleet = LocalFleet.startUntilExit(options, out::line, state -> {})) {
      for (var service : Service.values()) {
        atOnce.put(service, seconds(fleet.snapshot(), service));
      }
      answer = ask(fleet);
      for (var service : Service.values()) {
        contained.put(service, Contained.in(fleet, service));
      }
      for (var service : Service.values()) {
        fleet.stop(service);
        fleet.start(service);
        alone.put(service, seconds(fleet.snapshot(), service));
      }
    } finally {
      containers.removeLeftovers();
    }
    Layout.delete(scratch);
    show(atOnce, alone, contained);
    out.line(
        "One request: %s from %s, %s USD"
            .formatted(
                answer.succeeded() ? "answered" : answer.problem(), answer.model(), answer.cost()));
    var soon = all(alone, MOST_ALONE) && all(atOnce, MOST_AT_ONCE);
    if (strict && !soon) {
      out.line(
          out.red(
              "Too slow: each may take %.0f s alone and %.0f s while all four start"
                  .formatted(MOST_ALONE, MOST_AT_ONCE)));
    }
    return answer.succeeded() && answer.cost().signum() > 0 && (soon || !strict);
  }

  private void show(
      Map<Service, Double> atOnce, Map<Service, Double> alone, Map<Service, Contained> contained)
      throws IOException, InterruptedException {
    var table =
        new Table(
            "Image",
            ">MB",
            ">its own MB",
            ">s alone",
            ">s at once",
            ">resident MB",
            ">of",
            ">user");
    for (var service : Service.values()) {
      var size = build.size(service);
      var process = Objects.requireNonNull(contained.get(service));
      table.row(
          build.name(service),
          megabytes(size.all()),
          megabytes(size.own()),
          tenths(alone.get(service)),
          tenths(atOnce.get(service)),
          megabytes(process.mostResident()),
          process.memoryLimit() == Long.MAX_VALUE ? "no limit" : megabytes(process.memoryLimit()),
          Long.toString(process.user()));
    }
    table.print(out);
  }

  private static Answer ask(LocalFleet fleet) throws IOException, InterruptedException {
    var body = JsonNodeFactory.instance.objectNode().put("model", "auto");
    body.putArray("messages")
        .addObject()
        .put("role", "user")
        .put("content", "Translate to French: the ship sails at dawn");
    return new RouterClient(fleet.url(), Containers.KEY).ask(body);
  }

  private static double seconds(FleetState state, Service service) {
    return state.parts().stream()
            .filter(part -> part.name().equals(service.label()))
            .map(FleetState.PartState::readyAfterMs)
            .filter(Objects::nonNull)
            .findFirst()
            .orElseThrow(() -> new CannotStart(service.label() + " is not ready"))
        / 1000.0;
  }

  private static boolean all(Map<Service, Double> seconds, double most) {
    return seconds.values().stream().allMatch(each -> each <= most);
  }

  private static String tenths(@Nullable Double seconds) {
    return String.format(Locale.ROOT, "%.1f", seconds);
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.0f", bytes / 1e6);
  }
}
