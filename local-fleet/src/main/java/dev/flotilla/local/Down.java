package dev.flotilla.local;

import dev.flotilla.local.supervision.FleetState;
import dev.flotilla.local.supervision.Leftovers;
import dev.flotilla.local.supervision.ProcessEnd;
import dev.flotilla.local.supervision.StateDirectory;
import dev.flotilla.local.terminal.Terminal;
import java.time.Duration;

/** Ends a fleet and everything it started, also when its supervisor is gone already. */
final class Down {
  /** The longest the parts may take one after the other, and a little more. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final StateDirectory state;
  private final Terminal out;

  Down(StateDirectory state, Terminal out) {
    this.state = state;
    this.out = out;
  }

  int run() {
    var running = FleetState.runningIn(state);
    if (running.isEmpty()) {
      var left = new Leftovers(state).end();
      out.line(
          left.isEmpty()
              ? "Not running."
              : "The supervisor was gone; ended what it had left: " + String.join(", ", left));
      return Fleet.DONE;
    }
    var supervisor = ProcessHandle.of(running.get().supervisorPid());
    if (supervisor.isEmpty() || !isOurs(supervisor.get())) {
      out.line(
          "This fleet is run by process %d, which is not a supervisor that ./fleet up started; stop that program instead"
              .formatted(running.get().supervisorPid()));
      return Fleet.FAILED;
    }
    out.line("Stopping; the last costs are written down first.");
    supervisor.get().destroy();
    if (!ProcessEnd.within(PATIENCE, supervisor.get())) {
      supervisor.get().destroyForcibly();
      ProcessEnd.within(Duration.ofSeconds(10), supervisor.get());
    }
    new Leftovers(state).end();
    out.line("Down. The data stays in " + state.root());
    return Fleet.DONE;
  }

  private boolean isOurs(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains(state.mark());
  }
}
