package dev.flotilla.local.supervision;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a fleet is started with.
 *
 * @param tree the project's root: where the services' jars and {@code config/} are
 * @param state data, logs, pids and secrets of this fleet
 * @param parts where the Redis and PostgreSQL programs are unpacked, shared by all fleets of a tree
 * @param environment what the services inherit, and where addresses of an existing Redis or
 *     PostgreSQL are read
 * @param extra more environment for one service; wins over everything else
 * @param command the command line of a service; a test puts its own program here
 * @param patience how long a part may take until it is ready
 */
public record FleetOptions(
    Path tree,
    Path state,
    Path parts,
    FleetPorts ports,
    Map<String, String> environment,
    Map<Service, Map<String, String>> extra,
    Function<Launch, List<String>> command,
    Duration patience) {

  public FleetOptions {
    tree = tree.toAbsolutePath().normalize();
    state = state.toAbsolutePath().normalize();
    parts = parts.toAbsolutePath().normalize();
    environment = Map.copyOf(environment);
    extra = Map.copyOf(extra);
  }

  /**
   * What {@code ./fleet up} does when nothing is said: port 8080, state in {@code .flotilla/}, our
   * environment.
   */
  public static FleetOptions inTree(Path tree) {
    var home = tree.toAbsolutePath().normalize();
    return new FleetOptions(
        home,
        home.resolve(".flotilla"),
        home.resolve(".flotilla").resolve("parts"),
        new FleetPorts(8080),
        System.getenv(),
        Map.of(),
        launch -> launch.jvm(AotCache.of(launch.service(), home).startWithIt()),
        Duration.ofMinutes(2));
  }

  public FleetOptions withState(Path directory) {
    return new FleetOptions(tree, directory, parts, ports, environment, extra, command, patience);
  }

  public FleetOptions withPartsIn(Path directory) {
    return new FleetOptions(tree, state, directory, ports, environment, extra, command, patience);
  }

  public FleetOptions withPorts(FleetPorts other) {
    return new FleetOptions(tree, state, parts, other, environment, extra, command, patience);
  }

  public FleetOptions withEnvironment(Map<String, String> other) {
    return new FleetOptions(tree, state, parts, ports, other, extra, command, patience);
  }

  /** One more variable for all four services, as if the shell had exported it. */
  public FleetOptions with(String variable, String value) {
    var more = new HashMap<>(environment);
    more.put(variable, value);
    return new FleetOptions(tree, state, parts, ports, more, extra, command, patience);
  }

  /** One more variable for one service. */
  public FleetOptions with(Service service, String variable, String value) {
    var ofService = new HashMap<>(extra.getOrDefault(service, Map.of()));
    ofService.put(variable, value);
    var more = new HashMap<>(extra);
    more.put(service, Map.copyOf(ofService));
    return new FleetOptions(tree, state, parts, ports, environment, more, command, patience);
  }

  public FleetOptions withConfigDirectory(Path directory) {
    return with("FLOTILLA_CONFIG_DIR", directory.toAbsolutePath().toString());
  }

  /** JVMs of this JDK that run something else: what follows their flags. */
  public FleetOptions withCode(Function<Service, List<String>> code) {
    return withCommand(launch -> launch.jvm(code.apply(launch.service())));
  }

  public FleetOptions withCommand(Function<Launch, List<String>> other) {
    return new FleetOptions(tree, state, parts, ports, environment, extra, other, patience);
  }

  public FleetOptions withPatience(Duration other) {
    return new FleetOptions(tree, state, parts, ports, environment, extra, command, other);
  }
}
