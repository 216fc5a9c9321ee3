package dev.flotilla.local.supervision;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A real PostgreSQL, unpacked from its jar, whose data outlives it. */
final class PostgresProgram implements Program {
  static final String USER = "postgres";

  /** PostgreSQL trusts who comes over loopback; drivers still want to be given something. */
  static final String PASSWORD = "postgres";

  // It tells every step and, with a stack trace, that a dead server cannot be stopped; what counts
  // is in the server's log.
  // Held, because the logging library forgets the level of a logger nobody holds.
  private static final Logger LIBRARY = Logger.getLogger("io.zonky");

  static {
    LIBRARY.setLevel(Level.OFF);
  }

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final StateDirectory state;
  private final Path parts;
  private final int port;
  private @Nullable EmbeddedPostgres postgres;

  PostgresProgram(StateDirectory state, Path parts, int port) {
    this.state = state;
    this.parts = parts;
    this.port = port;
  }

  @Override
  public String name() {
    return "postgres";
  }

  @Override
  public int port() {
    return port;
  }

  String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  @Override
  public ProcessHandle launch() throws IOException {
    forgetPredecessor();
    var log = ProcessBuilder.Redirect.appendTo(state.logForStart(name()).toFile());
    Files.createDirectories(parts);
    postgres =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(parts.toFile())
            .setDataDirectory(state.postgres())
            .setCleanDataDirectory(false)
            // We stop it last, after the services; its own hook would stop it first.
            .setRegisterShutdownHook(false)
            .setPGStartupWait(PATIENCE)
            .setPort(port)
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("unix_socket_directories", "")
            .setServerConfig("max_connections", "100")
            // The library switches both off for speed; this data is meant to be kept, even over a
            // power cut, and what was committed even over a kill.
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setOutputRedirector(log)
            .setErrorRedirector(log)
            .start();
    return ProcessHandle.of(postmasterPid())
        .orElseThrow(() -> new IOException("PostgreSQL ended right after its start"));
  }

  /** The library returns from its start when a query was answered. */
  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public Duration farewell() {
    return Duration.ofSeconds(10);
  }

  /** It is no child of ours: the library's launcher puts it into the background. */
  @Override
  public CompletableFuture<ProcessHandle> endOf(ProcessHandle process) {
    return CompletableFuture.supplyAsync(
        () -> {
          ProcessEnd.within(Duration.ofDays(365), process);
          return process;
        },
        Thread::startVirtualThread);
  }

  /** Not by a plain SIGTERM: that makes PostgreSQL wait until the last client has left. */
  @Override
  public void askToEnd(ProcessHandle process) {
    try {
      if (postgres != null) {
        postgres.close();
      }
    } catch (IOException e) {
      process.destroy();
    }
  }

  private void forgetPredecessor() throws IOException {
    if (postgres != null) {
      // Also of a dead server it holds the lock on the data.
      postgres.close();
    }
    // PostgreSQL forgets a dead predecessor by itself, after making sure that none of its children
    // still write. A pid that
    // somebody else got since is the one case in which it refuses to start for ever.
    if (Files.exists(pidFile())
        && ProcessHandle.of(postmasterPid()).filter(process -> !isOurs(process)).isPresent()) {
      Files.delete(pidFile());
    }
  }

  private boolean isOurs(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains(state.mark());
  }

  private long postmasterPid() throws IOException {
    return Long.parseLong(Files.readAllLines(pidFile()).getFirst().strip());
  }

  private Path pidFile() {
    return state.postgres().resolve("postmaster.pid");
  }
}
