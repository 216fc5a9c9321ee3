package dev.flotilla.local;

import dev.flotilla.local.supervision.CannotStart;
import dev.flotilla.local.supervision.FleetOptions;
import dev.flotilla.local.supervision.FleetState;
import dev.flotilla.local.supervision.OutOfTerminal;
import dev.flotilla.local.supervision.StateDirectory;
import dev.flotilla.local.terminal.Terminal;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Starts a supervisor that outlives this command, and waits until its fleet is ready. */
final class Up {
  private final FleetOptions options;
  private final Terminal terminal;

  Up(FleetOptions options, Terminal terminal) {
    this.options = options;
    this.terminal = terminal;
  }

  FleetState run() throws IOException, InterruptedException {
    Files.createDirectories(options.state());
    var state = StateDirectory.at(options.state());
    var running = FleetState.runningIn(state);
    if (running.isPresent()) {
      terminal.line("Already " + (running.get().ready() ? "up." : running.get().phase() + "."));
      return running.get();
    }
    terminal.line("Starting with the state directory " + state.root());
    var supervisor = launchSupervisor(state);
    // Ctrl-C while waiting means "never mind", and the supervisor cannot hear it.
    var neverMind = new Thread(supervisor.toHandle()::destroy, "never-mind");
    Runtime.getRuntime().addShutdownHook(neverMind);
    var ready = follow(supervisor, state);
    Runtime.getRuntime().removeShutdownHook(neverMind);
    return ready;
  }

  private FleetState follow(Process supervisor, StateDirectory state) throws InterruptedException {
    var progress = new Progress(terminal);
    while (true) {
      var ended = endsSoon(supervisor);
      var now = FleetState.lastIn(state).filter(fleet -> fleet.supervisorPid() == supervisor.pid());
      now.ifPresent(progress::show);
      if (now.isPresent() && now.get().ready()) {
        return now.get();
      }
      if (now.isPresent() && now.get().failed()) {
        throw new CannotStart(String.valueOf(now.get().problem()));
      }
      if (ended) {
        throw new CannotStart(
            "The supervisor ended at once. The end of "
                + state.log("supervisor")
                + ":\n"
                + state.tailOfLog("supervisor"));
      }
    }
  }

  private static boolean endsSoon(Process supervisor) throws InterruptedException {
    try {
      supervisor.onExit().get(100, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private Process launchSupervisor(StateDirectory state) throws IOException {
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dflotilla.state=" + state.mark(),
            "-Dflotilla.tree=" + options.tree(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Fleet.class.getName(),
            "supervise",
            "--state",
            state.root().toString(),
            "--port-base",
            Integer.toString(options.ports().base()));
    var supervisor =
        new ProcessBuilder(OutOfTerminal.shielded(command))
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(state.logForStart("supervisor").toFile()));
    // What this command adds for its services beside what the shell exported.
    supervisor.environment().putAll(options.environment());
    return supervisor.start();
  }
}
