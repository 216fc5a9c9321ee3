package dev.flotilla.local.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Redis and PostgreSQL, where the environment names some. */
final class Stores {
  private static final int PATIENCE_SECONDS = 3;
  private static final int REDIS_PORT = 6379;
  private final Map<String, String> environment;

  Stores(Map<String, String> environment) {
    this.environment = environment;
  }

  List<Finding> look() {
    return List.of(redis(), postgres());
  }

  private Finding redis() {
    var address = environment.get("FLOTILLA_REDIS_URL");
    if (address == null) {
      return Finding.well("Redis", "embedded");
    }
    try (var socket = new Socket()) {
      var uri = URI.create(address);
      var port = uri.getPort() < 0 ? REDIS_PORT : uri.getPort();
      socket.connect(new InetSocketAddress(uri.getHost(), port), PATIENCE_SECONDS * 1000);
      return Finding.well("Redis", "reached at " + uri.getHost() + ":" + port);
    } catch (IOException | IllegalArgumentException e) {
      // The address itself is not shown: it may hold a password.
      return Finding.problem(
          "Redis",
          "not reached: " + e.getClass().getSimpleName(),
          "set FLOTILLA_REDIS_URL to redis://HOST:PORT of one that runs, or unset it to use the embedded one");
    }
  }

  private Finding postgres() {
    var address = environment.get("FLOTILLA_POSTGRES_URL");
    if (address == null) {
      return Finding.well("PostgreSQL", "embedded");
    }
    var login = new Properties();
    login.setProperty("user", environment.getOrDefault("FLOTILLA_POSTGRES_USER", ""));
    login.setProperty("password", environment.getOrDefault("FLOTILLA_POSTGRES_PASSWORD", ""));
    login.setProperty("loginTimeout", Integer.toString(PATIENCE_SECONDS));
    login.setProperty("connectTimeout", Integer.toString(PATIENCE_SECONDS));
    try (var connection = DriverManager.getConnection(address, login)) {
      return Finding.well(
          "PostgreSQL", "answers, version " + connection.getMetaData().getDatabaseProductVersion());
    } catch (SQLException e) {
      return Finding.problem(
          "PostgreSQL",
          "not reached: SQL state " + e.getSQLState(),
          "set FLOTILLA_POSTGRES_URL to jdbc:postgresql://HOST:PORT/DATABASE with FLOTILLA_POSTGRES_USER and _PASSWORD, or unset it to use the embedded one");
    }
  }
}
