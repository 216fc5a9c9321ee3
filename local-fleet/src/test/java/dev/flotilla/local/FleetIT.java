package dev.flotilla.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flotilla.local.supervision.FakeService;
import dev.flotilla.local.supervision.FleetPorts;
import dev.flotilla.local.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as they are typed, on a tree whose four jars are fakes. */
class FleetIT {
  @TempDir Path tree;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final int portBase = FleetPorts.free().base();

  @BeforeEach
  void plant_a_tree() throws IOException {
    for (var service : List.of("router", "provider", "cost", "review")) {
      plantJar(
          tree.resolve(service + "-service").resolve("target").resolve(service + "-service.jar"));
    }
    Files.createDirectories(Path.of("target", "parts"));
    Files.createDirectories(tree.resolve(".flotilla"));
    Files.createSymbolicLink(
        tree.resolve(".flotilla").resolve("parts"), Path.of("target", "parts").toAbsolutePath());
  }

  @Test
  void up_status_and_down_do_what_they_say() throws Exception {
    assertEquals(3, fleet("status"));
    assertEquals("Not running; ./fleet up starts it.", text());

    assertEquals(0, fleet("up", "--port-base", Integer.toString(portBase)), this::text);
    assertTrue(
        text().contains("curl -s http://127.0.0.1:" + portBase + "/v1/chat/completions"),
        this::text);

    assertEquals(0, fleet("up", "--port-base", Integer.toString(portBase)));
    assertTrue(text().startsWith("Already up."), this::text);

    assertEquals(0, fleet("status", "--json"));
    var state = new JsonMapper().readTree(text());
    assertEquals("ready", state.path("phase").asText());
    var pids = new ArrayList<Long>();
    pids.add(state.path("supervisor_pid").asLong());
    state.path("parts").forEach(part -> pids.add(part.path("pid").asLong()));
    assertEquals(7, pids.size());

    assertEquals(0, fleet("doctor", "--json"), this::text);
    assertEquals("[]", new JsonMapper().readTree(text()).findValues("remedy").toString());

    assertEquals(0, fleet("down"));
    pids.forEach(pid -> assertFalse(ProcessHandle.of(pid).isPresent(), "pid " + pid));
    assertEquals(3, fleet("status"));
    assertEquals(0, fleet("down"));
    assertEquals("Not running.", text());
    assertEquals(0, fleet("down", "--json"));
    assertTrue(text().endsWith("{\"phase\":\"not_running\"}"), this::text);
  }

  @Test
  void what_keeps_the_supervisor_from_starting_is_said_by_up() throws Exception {
    try (var _ = new ServerSocket(portBase, 1, InetAddress.getLoopbackAddress())) {
      assertEquals(1, fleet("up", "--port-base", Integer.toString(portBase)));
    }
    assertTrue(
        text().contains("Port " + portBase + ", meant for the router service, is taken"),
        this::text);
    assertEquals(3, fleet("status"));
  }

  @Test
  void wrong_usage_is_answered_with_what_would_be_right() {
    assertEquals(2, fleet("up", "--port-base", "many"));
    assertEquals("--port-base is many, but must be a number from 1 to 65000; try 9080", text());
    assertEquals(2, fleet("up", "--fast"));
    assertEquals("./fleet up does not know --fast; see ./fleet help", text());
    assertEquals(2, fleet("up", "--chart"));
    assertEquals("--chart is for ./fleet images only; see ./fleet help", text());
    assertEquals(2, fleet("images", "--check", "--chart"));
    assertEquals(
        "--check is about images that start alone, and --chart about pods; write"
            + " ./fleet images --check, or ./fleet images --chart",
        text());
  }

  private int fleet(String... words) {
    printed.reset();
    var terminal = new Terminal(new PrintStream(printed, true, StandardCharsets.UTF_8), false);
    return new Fleet(tree, terminal, terminal).run(List.of(words));
  }

  private String text() {
    return printed.toString(StandardCharsets.UTF_8).strip();
  }

  private static void plantJar(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    var manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, FakeService.class.getName());
    var name = FakeService.class.getName().replace('.', '/') + ".class";
    try (var jar = new JarOutputStream(Files.newOutputStream(file), manifest);
        var code = FakeService.class.getClassLoader().getResourceAsStream(name)) {
      jar.putNextEntry(new JarEntry(name));
      Objects.requireNonNull(code).transferTo(jar);
      jar.closeEntry();
    }
  }
}
