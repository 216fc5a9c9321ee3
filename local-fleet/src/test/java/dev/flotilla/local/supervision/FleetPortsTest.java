package dev.flotilla.local.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class FleetPortsTest {
  @Test
  void the_router_has_the_first_port_and_health_is_ten_above() {
    var ports = new FleetPorts(9000);
    assertEquals(9000, ports.http(Service.ROUTER));
    assertEquals(9003, ports.http(Service.REVIEW));
    assertEquals(9010, ports.ops(Service.ROUTER));
    assertEquals(9012, ports.ops(Service.COST));
  }

  @Test
  void a_taken_port_is_named_with_its_owner_and_a_way_out() throws IOException {
    var ports = FleetPorts.free();
    try (var _ =
        new ServerSocket(ports.ops(Service.PROVIDER), 1, InetAddress.getLoopbackAddress())) {
      var refusal = assertThrows(CannotStart.class, ports::requireFree);
      assertEquals(
          "Port %d, meant for health and metrics of the provider service, is taken by another program. Stop that program, or take other ports: ./fleet up --port-base %d"
              .formatted(ports.ops(Service.PROVIDER), ports.base() + 1000),
          refusal.getMessage());
    }
    ports.requireFree();
  }

  @Test
  void a_base_that_is_no_port_is_refused_with_one_that_is() {
    var refusal = assertThrows(IllegalArgumentException.class, () -> new FleetPorts(70_000));
    assertTrue(String.valueOf(refusal.getMessage()).contains("--port-base 8080"));
  }
}
