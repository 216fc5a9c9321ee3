package dev.flotilla.local;

import dev.flotilla.local.demo.RouterClient;
import dev.flotilla.local.supervision.CannotStart;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.FleetState;
import dev.flotilla.local.supervision.StateDirectory;
import dev.flotilla.local.supervision.Viewer;
import dev.flotilla.local.terminal.Terminal;
import dev.flotilla.local.trace.TraceReport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The traces of a running fleet: where they are shown, and one of them as text. */
final class Traces {
  private static final Pattern TRACE_ID = Pattern.compile("[0-9a-f]{32}");

  private final Path tree;
  private final StateDirectory state;
  private final Terminal out;
  private final Terminal progress;

  Traces(Path tree, StateDirectory state, Terminal out, Terminal progress) {
    this.tree = tree;
    this.state = state;
    this.out = out;
    this.progress = progress;
  }

  /**
   * @param subject the id of a request or a trace; null asks only where traces are
   */
  int run(@Nullable String subject, boolean json) throws IOException, InterruptedException {
    var running = FleetState.runningIn(state);
    if (running.isEmpty()) {
      out.line(json ? "{\"phase\":\"not_running\"}" : "Not running; ./fleet up --trace starts it.");
      return Fleet.NOT_RUNNING;
    }
    var viewer = viewerOf(running.get());
    if (subject == null) {
      out.line(json ? "{\"url\":\"" + viewer + "\"}" : viewer.toString());
      return Fleet.DONE;
    }
    return new TraceReport(viewer, out).print(traceId(subject, running.get()), json)
        ? Fleet.DONE
        : Fleet.FAILED;
  }

  /** Where the viewer of this fleet is, started if it does not run. */
  URI viewerOf(FleetState fleet) throws IOException, InterruptedException {
    if (fleet.viewerPort() == null) {
      throw new CannotStart(
          "FLOTILLA_TRACING_OTLP_ENDPOINT was set when this fleet started, so its spans go there and not to the local viewer. Unset it, then ./fleet down and ./fleet up --trace");
    }
    var viewer = new Viewer(state, tree, new FleetPorts(fleet.portBase()));
    if (viewer.address().isEmpty()) {
      progress.line("Starting the trace viewer");
    }
    return viewer.start();
  }

  /** Where it is, if somebody has started it. */
  static Optional<URI> shownAt(StateDirectory state, FleetState fleet) {
    return fleet.viewerPort() == null
        ? Optional.empty()
        : new Viewer(state, Path.of(""), new FleetPorts(fleet.portBase())).address();
  }

  private static String traceId(String subject, FleetState fleet)
      throws IOException, InterruptedException {
    if (TRACE_ID.matcher(subject).matches()) {
      return subject;
    }
    return new RouterClient(URI.create(fleet.url()), Fleet.LOCAL_KEY)
        .traceOf(subject)
        .orElseThrow(
            () ->
                new IOException(
                    "No request "
                        + subject
                        + " is known to this fleet; write the x-request-id of an answer, or a trace id of 32 hex digits"));
  }
}
