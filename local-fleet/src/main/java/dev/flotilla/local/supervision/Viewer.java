package dev.flotilla.local.supervision;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Zipkin beside a fleet, with what it has seen in memory only. Whoever wants to see traces starts
 * it, the fleet's end ends it; nobody starts it again when it dies, except by asking once more.
 */
public final class Viewer {
  static final String NAME = "viewer";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private final StateDirectory state;
  private final Path jar;
  private final FleetPorts ports;

  /**
   * @param ports of the fleet it belongs to
   */
  public Viewer(StateDirectory state, Path tree, FleetPorts ports) {
    this.state = state;
    this.jar =
        tree.resolve("local-fleet")
            .resolve("target")
            .resolve("viewer")
            .resolve("zipkin-server.jar");
    this.ports = ports;
  }

  /** Where it is; empty when it does not run. It may still be starting. */
  public Optional<URI> address() {
    return new Leftovers(state).find(NAME).map(process -> at());
  }

  /** Returns when it answers, at once if it did before. */
  public URI start() throws IOException, InterruptedException {
    var running = new Leftovers(state).find(NAME);
    return awaitReady(running.isPresent() ? running.get() : launch());
  }

  void end() {
    new Leftovers(state).end(NAME, FAREWELL);
  }

  private URI at() {
    return URI.create("http://127.0.0.1:" + ports.viewer());
  }

  private ProcessHandle launch() throws IOException {
    if (!Files.exists(jar)) {
      throw new CannotStart(
          jar + " is not there; ./fleet trace and ./fleet up --trace fetch it, with Maven");
    }
    if (!ports.viewerIsFree()) {
      throw new CannotStart(
          "Port %d, meant for the trace viewer, is taken by another program. Stop that program, or take other ports: ./fleet down, then ./fleet up --trace --port-base %d"
              .formatted(ports.viewer(), ports.somewhereElse()));
    }
    var command =
        List.of(
            Launch.java(),
            "-Dflotilla.state=" + state.mark(),
            "-Xmx192m",
            "-XX:+UseSerialGC",
            // A new JDK warns of what Zipkin's libraries do; nobody here can do anything about it.
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            // Said otherwise it listens on all interfaces.
            "-Darmeria.ports[0].address=127.0.0.1",
            "-Darmeria.ports[0].port=" + ports.viewer(),
            "-Darmeria.ports[0].protocols[0]=http",
            "-jar",
            jar.toString());
    var builder = new ProcessBuilder(OutOfTerminal.shielded(command));
    // It reads many variables, and needs none of our secrets.
    builder.environment().keySet().retainAll(List.of("PATH", "LANG", "TMPDIR"));
    var process =
        builder
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(state.logForStart(NAME).toFile()))
            .start()
            .toHandle();
    state.write(NAME + ".pid", Long.toString(process.pid()));
    return process;
  }

  private URI awaitReady(ProcessHandle process) throws InterruptedException {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    try (var http = HttpClient.newHttpClient()) {
      while (process.isAlive() && System.nanoTime() < deadline) {
        if (answers(http)) {
          return at();
        }
        Thread.sleep(BETWEEN_LOOKS);
      }
    }
    throw new CannotStart(
        "The trace viewer %s. The end of %s:%n%s"
            .formatted(
                process.isAlive()
                    ? "did not answer within " + PATIENCE.toSeconds() + " s"
                    : "ended before it answered",
                state.log(NAME),
                state.tailOfLog(NAME)));
  }

  private boolean answers(HttpClient http) throws InterruptedException {
    try {
      var request =
          HttpRequest.newBuilder(at().resolve("/health")).timeout(Duration.ofSeconds(2)).build();
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }
}
