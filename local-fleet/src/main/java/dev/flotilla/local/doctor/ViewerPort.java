package dev.flotilla.local.doctor;

import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.supervision.FleetState;
import dev.flotilla.local.supervision.StateDirectory;
import dev.flotilla.local.supervision.Viewer;
import java.nio.file.Path;
import java.util.Optional;

/** Whether there is a trace viewer, or room for one. A fleet runs without. */
final class ViewerPort {
  private static final String WHAT = "trace viewer";

  private ViewerPort() {}

  /** For a fleet that is started later. */
  static Finding lookBefore(FleetPorts ports) {
    return look(ports, Optional.empty());
  }

  static Finding lookBeside(FleetState fleet) {
    if (fleet.viewerPort() == null) {
      return Finding.well(WHAT, "none: FLOTILLA_TRACING_OTLP_ENDPOINT says where spans go");
    }
    var ports = new FleetPorts(fleet.portBase());
    return look(
        ports,
        new Viewer(StateDirectory.at(Path.of(fleet.state())), Path.of(""), ports)
            .address()
            .map(address -> Finding.well(WHAT, "at " + address)));
  }

  private static Finding look(FleetPorts ports, Optional<Finding> running) {
    return running.orElseGet(
        () ->
            ports.viewerIsFree()
                ? Finding.well(WHAT, "not started; ./fleet trace does")
                : Finding.problem(
                    WHAT,
                    "port %d, meant for it, is taken by %s"
                        .formatted(ports.viewer(), PortOwner.of(ports.viewer())),
                    "stop that program, or take other ports: ./fleet up --trace --port-base "
                        + ports.somewhereElse()));
  }
}
