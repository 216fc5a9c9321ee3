package dev.flotilla.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class RealPartsTest {
  @Test
  void each_fresh_database_is_empty_and_apart() throws SQLException {
    var one = RealPostgres.freshDatabase();
    var other = RealPostgres.freshDatabase();
    assertNotEquals(one.jdbcUrl(), other.jdbcUrl());
    try (var connection = one.connect();
        var statement = connection.createStatement()) {
      statement.execute("create table only_here (id int)");
    }
    try (var connection = other.connect();
        var statement = connection.createStatement()) {
      assertThrows(SQLException.class, () -> statement.execute("select * from only_here"));
    }
  }

  @Test
  void a_shut_gate_takes_a_database_away_and_gives_it_back() throws SQLException {
    var database = RealPostgres.freshDatabase();
    try (var gate = TcpGate.to(database.host(), database.port())) {
      var behind = database.through(gate.port());
      try (var connection = behind.connect()) {
        assertTrue(connection.isValid(1));
        gate.shut();
        assertThrows(SQLException.class, behind::connect);
        gate.open();
        try (var again = behind.connect()) {
          assertTrue(again.isValid(1));
        }
      }
    }
  }

  @Test
  void redis_comes_back_empty_on_the_same_port() throws IOException {
    try (var redis = RealRedis.own()) {
      assertEquals("+OK", ask(redis, "SET a 1"));
      redis.stop();
      assertThrows(IOException.class, () -> ask(redis, "PING"));
      redis.start();
      assertEquals("$-1", ask(redis, "GET a"));
    }
  }

  @Test
  void a_paused_redis_accepts_connections_and_answers_nobody() throws IOException {
    try (var redis = RealRedis.own()) {
      redis.pause();
      assertThrows(SocketTimeoutException.class, () -> ask(redis, "PING"));
      redis.resume();
      assertEquals("+PONG", ask(redis, "PING"));
    }
  }

  @Test
  void the_shared_redis_can_be_emptied() throws IOException {
    var redis = RealRedis.shared();
    assertEquals("+OK", ask(redis, "SET real-parts-test 1"));
    redis.flush();
    assertEquals("$-1", ask(redis, "GET real-parts-test"));
  }

  private static String ask(RealRedis redis, String command) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(redis.host(), redis.port()), 500);
      socket.setSoTimeout(300);
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      byte[] reply = new byte[256];
      int n = socket.getInputStream().read(reply);
      return n < 0
          ? ""
          : new String(reply, 0, n, StandardCharsets.US_ASCII).lines().findFirst().orElse("");
    }
  }
}
