package dev.flotilla.local.images;

import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.Launch;
import dev.flotilla.local.supervision.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * A fleet whose services run in containers of our images, on the network of this machine. Redis and
 * PostgreSQL are processes, as in any local fleet, and the simulator answers.
 *
 * @param tree the project's root
 * @param folder for state, logs and the file of keys
 * @param memoryMb what each container may have; 0 for no limit
 */
public record Containers(Path tree, Path folder, int memoryMb) {
  /** What the key file opens; it opens nothing but such a fleet. */
  public static final String KEY = "sk-local";

  /** As the chart has them. The cache fits only JVMs with the collector it was made with. */
  static final List<String> JVM_FLAGS =
      List.of(
          "-XX:MaxRAMPercentage=50",
          "-XX:+UseSerialGC",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:TrimNativeHeapInterval=30000");

  /** What podman itself needs. No provider's keys: nothing here may cost money. */
  static final Set<String> HARMLESS =
      Set.of(
          "PATH",
          "HOME",
          "TMPDIR",
          "LANG",
          "LC_ALL",
          "XDG_RUNTIME_DIR",
          "DBUS_SESSION_BUS_ADDRESS",
          "CONTAINERS_CONF",
          "CONTAINERS_STORAGE_CONF");

  /** Four cold starts at once, on a machine that does other things as well. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  /** The images as Kubernetes would run them: nothing said but in the environment. */
  public FleetOptions asTheyAre(Function<Service, String> image, FleetPorts ports)
      throws IOException {
    var limits = Podman.modestLimits();
    return options(ports)
        .withCommand(
            launch -> {
              var words = run(launch, limits);
              words.addAll(
                  List.of(
                      "--read-only",
                      "--read-only-tmpfs=false",
                      "--tmpfs=/tmp:size=64m",
                      // As with a volume claim: it is the service's user's, and gone with it here.
                      "--volume=/var/lib/flotilla/spool",
                      "--env=JAVA_TOOL_OPTIONS=" + String.join(" ", JVM_FLAGS)));
              if (memoryMb > 0) {
                words.addAll(
                    List.of("--memory=" + memoryMb + "m", "--memory-swap=" + memoryMb + "m"));
              }
              words.add(image.apply(launch.service()));
              return List.copyOf(words);
            });
  }

  /**
   * The same with other words for Java, and a folder that everybody may write to as {@code /aot}.
   */
  FleetOptions recording(
      Function<Service, String> image,
      Function<Service, Path> writable,
      List<String> java,
      FleetPorts ports)
      throws IOException {
    var limits = Podman.modestLimits();
    return options(ports)
        .withCommand(
            launch -> {
              var words = run(launch, limits);
              words.addAll(
                  List.of(
                      "--volume=/var/lib/flotilla/spool",
                      "--volume=" + writable.apply(launch.service()) + ":/aot",
                      image.apply(launch.service())));
              words.addAll(JVM_FLAGS);
              words.addAll(java);
              return List.copyOf(words);
            });
  }

  /**
   * Ends what is left of such a fleet after it was closed: a container outlives the podman that
   * started it when that had to be killed.
   */
  public void removeLeftovers() throws IOException, InterruptedException {
    if (Files.notExists(state())) {
      return;
    }
    var mark = "--filter=label=flotilla.state=" + state().toRealPath() + "/";
    for (var id : Podman.call(List.of("ps", "--all", "--quiet", mark)).lines().toList()) {
      Podman.call(List.of("rm", "--force", "--volumes", id));
    }
  }

  private Path state() {
    return folder.resolve("state");
  }

  private FleetOptions options(FleetPorts ports) throws IOException {
    var environment = new HashMap<>(System.getenv());
    environment.keySet().retainAll(HARMLESS);
    return FleetOptions.inTree(tree)
        .withState(state())
        .withPorts(ports)
        .withEnvironment(environment)
        .with("FLOTILLA_KEYS_FILE", keyFile().toString())
        .withPatience(PATIENCE);
  }

  private List<String> run(Launch launch, List<String> limits) {
    var words =
        new ArrayList<>(
            Podman.command(
                List.of(
                    "run",
                    "--rm",
                    // It ends with this process: its standard input does.
                    "--interactive",
                    "--log-driver=none",
                    "--label=flotilla.state=" + launch.mark(),
                    "--label=flotilla.service=" + launch.service().label(),
                    "--network=host",
                    "--cap-drop=all",
                    "--security-opt=no-new-privileges",
                    "--security-opt=label=disable")));
    words.addAll(limits);
    words.addAll(
        List.of(
            // Values are taken from podman's own environment: a command line can be read by all.
            "--env=FLOTILLA_*",
            "--env=FLOTILLA_CONFIG_DIR=/etc/flotilla/config",
            "--env=FLOTILLA_KEYS_FILE=/etc/flotilla/keys/keys.yaml",
            "--env=FLOTILLA_SPOOL_DIR=/var/lib/flotilla/spool",
            "--env=SERVER_HOST=127.0.0.1",
            "--env=SERVER_PORT=" + launch.ports().http(launch.service()),
            "--env=SERVER_SOCKETS_0_HOST=127.0.0.1",
            "--env=SERVER_SOCKETS_0_PORT=" + launch.ports().ops(launch.service()),
            "--volume=" + tree.resolve("config") + ":/etc/flotilla/config:ro",
            "--volume=" + folder.resolve("keys.yaml") + ":/etc/flotilla/keys/keys.yaml:ro"));
    return words;
  }

  /** Readable for the images' user, who is none of this machine. */
  private Path keyFile() throws IOException {
    var file = Files.createDirectories(folder).resolve("keys.yaml");
    return Files.writeString(file, keys());
  }

  /** What is in the file of keys: {@link #KEY} alone. */
  static String keys() {
    return "- {id: k_images, sha256: %s, team: local, roles: [caller, viewer], models: [\"*\"]}\n"
        .formatted(sha256(KEY));
  }

  private static String sha256(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK knows SHA-256", e);
    }
  }
}
