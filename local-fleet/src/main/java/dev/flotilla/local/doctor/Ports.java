package dev.flotilla.local.doctor;

import dev.flotilla.local.supervision.FleetOptions;
import java.util.List;

/** Whether a fleet that is started now finds its ports free. */
final class Ports {
  private final FleetOptions options;

  Ports(FleetOptions options) {
    this.options = options;
  }

  List<Finding> look() {
    var ports = options.ports();
    var taken = ports.taken();
    if (taken.isEmpty()) {
      return List.of(
          Finding.well("fleet", "does not run; ./fleet up starts it"),
          Finding.well("ports", "free from " + ports.base() + " on"),
          ViewerPort.lookBefore(ports));
    }
    return taken.entrySet().stream()
        .map(
            port ->
                Finding.problem(
                    "port " + port.getKey(),
                    "meant for %s, taken by %s"
                        .formatted(port.getValue(), PortOwner.of(port.getKey())),
                    "stop that program, or take other ports: ./fleet up --port-base "
                        + ports.somewhereElse()))
        .toList();
  }
}
