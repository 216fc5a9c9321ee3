package dev.flotilla.bench.measured;

import dev.flotilla.bench.machine.ProcessFacts;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The four services with everything on: keys with limits, answer cache, spool, ledger, decisions
 * and tracing of one request in a hundred.
 */
public final class FleetTarget implements Target {
  private static final String KEY = "bench";

  private final LocalFleet fleet;

  private FleetTarget(LocalFleet fleet) {
    this.fleet = fleet;
  }

  /**
   * Returns when it is ready.
   *
   * @param tree the project's root, built
   * @param state of this fleet
   * @param javaOptions more flags for the services' JVMs, divided by blanks
   */
  public static FleetTarget start(Path tree, Path state, URI upstream, String javaOptions) {
    Path config = tree.resolve("bench").resolve("config");
    return new FleetTarget(
        LocalFleet.startUntilExit(
            FleetOptions.inTree(tree)
                .withState(state)
                .withPorts(FleetPorts.free())
                .withConfigDirectory(config)
                .with("FLOTILLA_KEYS_FILE", config.resolve("keys.yaml").toString())
                .with("FLOTILLA_PROVIDERS_ENABLED", "bench")
                .with("FLOTILLA_TRACING_RATIO", "0.01")
                .with("FLEET_JAVA_OPTS", javaOptions)
                .with("OPENAI_BASE_URL", upstream + "/v1"),
            System.err::println,
            changed -> {}));
  }

  @Override
  public String name() {
    return "fleet";
  }

  @Override
  public String url() {
    return fleet.url() + "/v1/chat/completions";
  }

  @Override
  public Map<String, String> headers() {
    return Map.of("authorization", "Bearer " + KEY);
  }

  @Override
  public Map<String, List<Long>> processes() {
    var services = new LinkedHashMap<String, List<Long>>();
    for (Service service : Service.values()) {
      services.put(service.label(), List.of(fleet.pid(service)));
    }
    return services;
  }

  @Override
  public Map<String, List<Long>> stores() {
    return Map.of(
        "PostgreSQL", ProcessFacts.tree(fleet.postgresPid()),
        "Redis", ProcessFacts.tree(fleet.redisPid()));
  }

  /** Where a service tells its metrics. */
  public URI opsUrl(Service service) {
    return fleet.opsUrl(service);
  }

  @Override
  public void close() {
    fleet.close();
  }
}
