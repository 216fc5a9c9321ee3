package dev.flotilla.local;

import dev.flotilla.local.supervision.FleetState;
import dev.flotilla.local.supervision.StateDirectory;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/** Shows what the supervisor last wrote down about its parts. */
final class Status {
  private final StateDirectory state;
  private final Terminal out;

  Status(StateDirectory state, Terminal out) {
    this.state = state;
    this.out = out;
  }

  int run(boolean json) {
    var running = FleetState.runningIn(state);
    if (running.isEmpty()) {
      out.line(json ? "{\"phase\":\"not_running\"}" : "Not running; ./fleet up starts it.");
      return Fleet.NOT_RUNNING;
    }
    var fleet = running.get();
    if (json) {
      out.line(fleet.toJson());
      return Fleet.DONE;
    }
    out.line(out.bold(fleet.phase()) + " since " + fleet.startedAt() + ", " + fleet.url());
    out.line("providers: " + String.join(", ", fleet.providers()));
    var table = new Table("part", "status", ">pid", ">port", ">health", ">restarts");
    fleet
        .parts()
        .forEach(
            part ->
                table.row(
                    part.name(),
                    part.status(),
                    shown(part.pid()),
                    shown(part.port()),
                    shown(part.opsPort()),
                    Integer.toString(part.restarts())));
    table.print(out);
    Traces.shownAt(state, fleet).ifPresent(viewer -> out.line("traces: " + viewer));
    return Fleet.DONE;
  }

  private static String shown(@Nullable Number number) {
    return number == null ? "" : number.toString();
  }
}
