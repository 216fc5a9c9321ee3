package dev.flotilla.local.supervision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoresIT {
  @Test
  void rows_survive_restarts_and_crashes_of_postgresql_and_redis_may_forget(@TempDir Path directory)
      throws Exception {
    var options = FakeFleet.whole(directory);
    try (var fleet = LocalFleet.start(options)) {
      sql(fleet, "create table ships(name text)");
      sql(fleet, "insert into ships values ('Aurora')");
      assertEquals("+OK\r", redis(fleet, "SET harbour Visby"));
      fleet.stopRedis();
      fleet.startRedis();
      assertEquals("$-1\r", redis(fleet, "GET harbour"), "a cache may forget");
      for (var address : addressesOfThisMachine()) {
        assertFalse(
            answers(address, URI.create(fleet.redisUrl()).getPort()), "Redis on " + address);
        assertFalse(answers(address, postgresPort(fleet)), "PostgreSQL on " + address);
      }
      fleet.stopPostgres();
      fleet.startPostgres();
      assertEquals("Aurora", sql(fleet, "select name from ships"));
      // As a crash would: it comes back by itself, with what was committed.
      var before = fleet.postgresPid();
      ProcessHandle.of(before).orElseThrow().destroyForcibly();
      assertEquals("Aurora", eventually(() -> sql(fleet, "select name from ships")));
      assertNotEquals(before, eventually(fleet::postgresPid));
    }
  }

  @Test
  void what_a_killed_supervisor_leaves_is_found_and_ended(@TempDir Path directory)
      throws Exception {
    var state = StateDirectory.create(directory.resolve("state"));
    var supervisor =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                FakeFleet.Main.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(state.log("supervisor").toFile())
            .start();
    eventually(() -> FleetState.runningIn(state).filter(FleetState::ready).orElseThrow());
    var parts = pidsOf(FleetState.lastIn(state).orElseThrow());
    assertEquals(6, parts.size());

    supervisor.destroyForcibly().waitFor();

    assertEquals(
        List.of("postgres", "redis"),
        new Leftovers(state)
            .end().stream()
                .filter(name -> name.equals("postgres") || name.equals("redis"))
                .toList());
    parts.forEach(
        pid ->
            assertFalse(
                ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), "pid " + pid));
    assertTrue(FleetState.runningIn(state).isEmpty());
  }

  @Test
  void a_pid_that_belongs_to_somebody_else_by_now_is_left_alone(@TempDir Path directory)
      throws Exception {
    var state = StateDirectory.create(directory.resolve("state"));
    var stranger = new ProcessBuilder("sleep", "30").start();
    try {
      state.write("redis.pid", Long.toString(stranger.pid()));
      assertEquals(List.of(), new Leftovers(state).end());
      assertTrue(stranger.isAlive());
    } finally {
      stranger.destroyForcibly().waitFor();
    }
  }

  private static List<Long> pidsOf(FleetState fleet) {
    return fleet.parts().stream().flatMap(part -> Stream.ofNullable(part.pid())).toList();
  }

  private static String sql(LocalFleet fleet, String statement) throws SQLException {
    try (var connection = DriverManager.getConnection(fleet.postgresUrl(), "postgres", "postgres");
        var sql = connection.createStatement()) {
      if (!sql.execute(statement)) {
        return "";
      }
      var rows = sql.getResultSet();
      rows.next();
      return rows.getString(1);
    }
  }

  private static String redis(LocalFleet fleet, String command) throws IOException {
    var address = URI.create(fleet.redisUrl());
    try (var socket = new Socket(address.getHost(), address.getPort())) {
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readNBytes(4), StandardCharsets.UTF_8);
    }
  }

  private static int postgresPort(LocalFleet fleet) {
    return URI.create(fleet.postgresUrl().substring("jdbc:".length())).getPort();
  }

  private static List<Inet4Address> addressesOfThisMachine() throws IOException {
    var addresses = new ArrayList<Inet4Address>();
    for (var card : NetworkInterface.networkInterfaces().toList()) {
      card.inetAddresses()
          .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
          .forEach(address -> addresses.add((Inet4Address) address));
    }
    return addresses;
  }

  private static boolean answers(Inet4Address address, int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 500);
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  private interface Attempt<T> {
    T tried() throws Exception;
  }

  private static <T> T eventually(Attempt<T> attempt) throws Exception {
    var deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (true) {
      try {
        return attempt.tried();
      } catch (Exception notYet) {
        if (System.nanoTime() > deadline) {
          throw notYet;
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }
}
