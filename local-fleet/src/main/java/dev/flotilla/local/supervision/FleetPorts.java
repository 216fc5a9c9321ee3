package dev.flotilla.local.supervision;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The eight ports of a fleet: four that speak to callers, and ten above each its health and
 * metrics. A ninth is the trace viewer's, for those who want one.
 *
 * @param base the router's port
 */
public record FleetPorts(int base) {
  private static final int OPS_DISTANCE = 10;
  private static final int VIEWER_DISTANCE = 4;

  public FleetPorts {
    if (base < 1 || base > 65_000) {
      throw new IllegalArgumentException(
          "--port-base is " + base + ", but ports go from 1 to 65000 here; try --port-base 8080");
    }
  }

  /** Eight ports nobody listens on, below the range the system hands out by itself. */
  public static FleetPorts free() {
    while (true) {
      var candidate = new FleetPorts(ThreadLocalRandom.current().nextInt(500, 1500) * 20);
      if (candidate.owners().keySet().stream().allMatch(FleetPorts::isFree)
          && candidate.viewerIsFree()) {
        return candidate;
      }
    }
  }

  /** Where callers and the other services reach it. */
  public int http(Service service) {
    return base + service.offset();
  }

  /** Where its health and metrics are. */
  public int ops(Service service) {
    return base + OPS_DISTANCE + service.offset();
  }

  /** Where the trace viewer is, when somebody has started it. */
  public int viewer() {
    return base + VIEWER_DISTANCE;
  }

  public boolean viewerIsFree() {
    return isFree(viewer());
  }

  void requireFree() {
    taken()
        .forEach(
            (port, owner) -> {
              throw new CannotStart(
                  "Port %d, meant for %s, is taken by another program. Stop that program, or take other ports: ./fleet up --port-base %d"
                      .formatted(port, owner, somewhereElse()));
            });
  }

  /** Our ports that somebody listens on, and what we want them for. */
  public Map<Integer, String> taken() {
    var taken = owners();
    taken.keySet().removeIf(FleetPorts::isFree);
    return taken;
  }

  /** A base worth trying when this one is taken. */
  public int somewhereElse() {
    return base >= 50_000 ? 8080 : base + 1000;
  }

  private Map<Integer, String> owners() {
    var owners = new LinkedHashMap<Integer, String>();
    for (var service : Service.values()) {
      owners.put(http(service), "the " + service.label() + " service");
    }
    for (var service : Service.values()) {
      owners.put(ops(service), "health and metrics of the " + service.label() + " service");
    }
    return owners;
  }

  /**
   * A port nobody listens on. Who gets it binds it seconds later: it is neither one that the system
   * hands out by itself meanwhile, nor one of {@link #free}.
   */
  static int anyFree() {
    for (int i = 0; i < 1000; i++) {
      int candidate = ThreadLocalRandom.current().nextInt(30_100, 32_700);
      if (isFree(candidate)) {
        return candidate;
      }
    }
    throw new CannotStart("No port between 30100 and 32700 is free on 127.0.0.1");
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      // A port whose last connection is still winding down is free for a server, which asks for it
      // the same way.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
