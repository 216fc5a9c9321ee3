package dev.flotilla.local;

import dev.flotilla.local.supervision.CannotStart;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetState;
import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.local.supervision.StateDirectory;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * {@code ./fleet backup} and {@code ./fleet restore}: a folder with one file for each service that
 * keeps something in PostgreSQL. Each service's own jar writes and reads its file, because it knows
 * its migrations.
 */
final class Backups {
  private static final String URL = "FLOTILLA_POSTGRES_URL";
  private static final List<Service> KEEPERS =
      List.of(Service.COST, Service.ROUTER, Service.REVIEW);

  private final FleetOptions options;
  private final Path folder;
  private final Terminal out;

  Backups(FleetOptions options, Path folder, Terminal out) {
    this.options = options;
    this.folder = folder;
    this.out = out;
  }

  /** Of a fleet that runs; it goes on meanwhile. */
  boolean write() throws IOException, InterruptedException {
    Files.createDirectories(folder);
    return each("write", options.environment().containsKey(URL) ? Map.of() : ofRunningFleet());
  }

  /** Into the empty database of a fleet that does not run. */
  boolean restore() throws IOException, InterruptedException {
    if (FleetState.runningIn(StateDirectory.at(options.state())).isPresent()) {
      throw new CannotStart(
          "The fleet runs, and what it writes would be mixed with the backup; ./fleet down first");
    }
    if (options.environment().containsKey(URL)) {
      return each("restore", Map.of());
    }
    try (var stores = LocalFleet.startStores(options, out::line)) {
      return each("restore", at(stores.postgresUrl()));
    }
  }

  private Map<String, String> ofRunningFleet() {
    return FleetState.runningIn(StateDirectory.at(options.state()))
        .flatMap(
            state ->
                state.parts().stream().filter(part -> part.name().equals("postgres")).findFirst())
        .map(part -> at("jdbc:postgresql://127.0.0.1:" + part.port() + "/postgres"))
        .orElseThrow(
            () ->
                new CannotStart(
                    "No fleet runs here, so there is no database to read; ./fleet up first"));
  }

  private static Map<String, String> at(String url) {
    return Map.of(
        URL, url, "FLOTILLA_POSTGRES_USER", "postgres", "FLOTILLA_POSTGRES_PASSWORD", "postgres");
  }

  private boolean each(String what, Map<String, String> database)
      throws IOException, InterruptedException {
    boolean done = true;
    for (Service service : KEEPERS) {
      Path file = folder.resolve(service.label() + ".zip");
      var program =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx256m",
              "-XX:+UseSerialGC",
              "-cp",
              service.jarIn(options.tree()).toString(),
              "dev.flotilla.kit.backup.BackupMain",
              what,
              service.label(),
              file.toAbsolutePath().toString());
      program.environment().putAll(options.environment());
      program.environment().putAll(database);
      program.redirectErrorStream(true);
      Process process = program.start();
      try (var said = process.inputReader()) {
        said.lines().filter(line -> !line.startsWith("{")).forEach(out::line);
      }
      done &= process.waitFor() == 0;
    }
    out.line(done ? out.green("Done: " + folder) : out.red("Not everything was done."));
    return done;
  }
}
