package dev.flotilla.local.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.flotilla.local.supervision.FleetOptions;
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
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  @TempDir Path tree;
  private final FleetPorts ports = FleetPorts.free();
  private FleetOptions options = FleetOptions.inTree(Path.of("unset"));

  @BeforeEach
  void a_machine_with_maven() throws IOException {
    var maven =
        Files.writeString(tree.resolve("mvn"), "#!/bin/sh\necho Apache Maven 3.9.9 '(x)'\n");
    assertTrue(maven.toFile().setExecutable(true));
    options =
        FleetOptions.inTree(tree)
            .withPorts(ports)
            .withEnvironment(Map.of("PATH", tree.toString()))
            .withConfigDirectory(Path.of("..", "config"));
  }

  @Test
  void a_machine_with_everything_is_well() {
    var said = new ByteArrayOutputStream();
    assertTrue(doctor(said).run(false), said::toString);
    assertTrue(said.toString(StandardCharsets.UTF_8).endsWith("All is well.\n"), said::toString);
    assertEquals("Apache Maven 3.9.9", finding("Maven").found());
  }

  @Test
  void a_taken_port_is_named_with_who_took_it_and_a_way_out() throws IOException {
    try (var socket = new ServerSocket(ports.base() + 1, 1, InetAddress.getLoopbackAddress())) {
      var port = finding("port " + socket.getLocalPort());
      assertFalse(port.isWell());
      assertTrue(
          port.found().startsWith("meant for the provider service, taken by "), port.found());
      if (Files.exists(Path.of("/proc/net/tcp"))) {
        var pid = "process " + ProcessHandle.current().pid();
        assertTrue(port.found().contains(pid), port.found());
      }
      assertTrue(String.valueOf(port.remedy()).contains("--port-base " + (ports.base() + 1000)));
    }
  }

  @Test
  void the_trace_viewers_port_is_looked_at_too() throws IOException {
    assertEquals("not started; ./fleet trace does", finding("trace viewer").found());
    try (var _ = new ServerSocket(ports.viewer(), 1, InetAddress.getLoopbackAddress())) {
      var viewer = finding("trace viewer");
      assertTrue(viewer.found().startsWith("port " + ports.viewer()), viewer.found());
      assertTrue(String.valueOf(viewer.remedy()).contains("--port-base " + (ports.base() + 1000)));
    }
  }

  @Test
  void stores_of_the_environment_must_answer_and_no_secret_is_shown() throws IOException {
    options =
        options
            .with("FLOTILLA_REDIS_URL", "redis://:hush@127.0.0.1:" + ports.base())
            .with("FLOTILLA_POSTGRES_URL", "jdbc:postgresql://127.0.0.1:" + ports.base() + "/x")
            .with("FLOTILLA_POSTGRES_PASSWORD", "hush")
            .with("DEEPSEEK_API_KEY", "hush");
    assertFalse(finding("Redis").isWell());
    assertFalse(finding("PostgreSQL").isWell());
    assertEquals("DEEPSEEK_API_KEY set: answers cost real money", finding("provider keys").found());

    var said = new ByteArrayOutputStream();
    assertFalse(doctor(said).run(true));
    assertFalse(said.toString(StandardCharsets.UTF_8).contains("hush"), said::toString);
    var report = new JsonMapper().readTree(said.toByteArray());
    assertFalse(report.path("ok").asBoolean(true));
    assertEquals(2, report.findValues("remedy").size());
  }

  @Test
  void a_missing_maven_and_another_jdk_are_told_with_where_to_get_them() {
    options = options.withEnvironment(Map.of("PATH", "/nowhere"));
    assertTrue(String.valueOf(finding("Maven").remedy()).contains("brew install maven"));
    assertFalse(Tools.jdk(Runtime.Version.parse("26")).isWell());
  }

  private Finding finding(String what) {
    return doctor(new ByteArrayOutputStream()).findings().stream()
        .filter(finding -> finding.what().equals(what))
        .findFirst()
        .orElseThrow();
  }

  private Doctor doctor(ByteArrayOutputStream said) {
    return new Doctor(
        options, new Terminal(new PrintStream(said, true, StandardCharsets.UTF_8), false));
  }
}
