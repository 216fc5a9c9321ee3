package dev.flotilla.local.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong before Zipkin runs; CommandsIT starts a real one. */
class ViewerTest {
  @TempDir Path tree;
  private final FleetPorts ports = FleetPorts.free();

  @Test
  void a_viewer_that_was_not_fetched_is_told_with_how_to_fetch_it() {
    var refusal = assertThrows(CannotStart.class, viewer()::start);
    assertTrue(String.valueOf(refusal.getMessage()).contains("./fleet trace"), refusal::getMessage);
    assertEquals(Optional.empty(), viewer().address());
  }

  @Test
  void a_taken_port_is_named_with_a_way_out() throws Exception {
    plant("unused");
    try (var _ = new ServerSocket(ports.viewer(), 1, InetAddress.getLoopbackAddress())) {
      var refusal = assertThrows(CannotStart.class, viewer()::start);
      assertTrue(
          String.valueOf(refusal.getMessage()).startsWith("Port " + ports.viewer())
              && String.valueOf(refusal.getMessage()).contains("--port-base"),
          refusal::getMessage);
    }
  }

  @Test
  void what_a_viewer_said_last_is_shown_when_it_does_not_start() throws Exception {
    plant("no jar at all");
    var refusal = assertThrows(CannotStart.class, viewer()::start);
    assertTrue(
        String.valueOf(refusal.getMessage()).contains("ended before it answered")
            && String.valueOf(refusal.getMessage()).contains("zipkin-server.jar"),
        refusal::getMessage);
    assertEquals(Optional.empty(), viewer().address(), "a dead one is none");
  }

  @Test
  void the_next_fleet_ends_the_viewer_a_killed_one_left() throws Exception {
    var state = StateDirectory.create(tree.resolve("state"));
    var left = new ProcessBuilder("sh", "-c", "sleep 60; :", state.mark()).start().toHandle();
    state.write("viewer.pid", Long.toString(left.pid()));
    assertTrue(viewer().address().isPresent());
    assertTrue(new Leftovers(state).end().contains("viewer"));
    assertTrue(!left.isAlive());
  }

  private void plant(String content) throws Exception {
    var folder = Files.createDirectories(tree.resolve("local-fleet/target/viewer"));
    Files.writeString(folder.resolve("zipkin-server.jar"), content);
  }

  private Viewer viewer() {
    return new Viewer(StateDirectory.create(tree.resolve("state")), tree, ports);
  }
}
