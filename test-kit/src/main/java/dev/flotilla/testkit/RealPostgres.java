package dev.flotilla.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * A real PostgreSQL, one per JVM: the one named by {@code FLOTILLA_POSTGRES_URL}, {@code _USER} and
 * {@code _PASSWORD} if given, else a container when a Docker engine answers, else the embedded
 * binary. It says once on standard output which one it is.
 *
 * <p>Thread-safe. It ends with the JVM.
 */
public final class RealPostgres {
  private static @Nullable Access shared;

  private RealPostgres() {}

  /**
   * Where a database is and who may enter.
   *
   * @param jdbcUrl without user and password
   */
  public record Access(String jdbcUrl, String user, String password) {
    /** A new connection; the caller closes it. */
    public Connection connect() throws SQLException {
      return DriverManager.getConnection(jdbcUrl, user, password);
    }

    /** The same database by another way, e.g. through a {@link TcpGate} in front of it. */
    public Access through(int port) {
      return new Access(
          jdbcUrl.replaceFirst("//[^/]+/", "//127.0.0.1:" + port + "/"), user, password);
    }

    /** Host name of the server. */
    public String host() {
      return hostAndPort()[0];
    }

    /** Port of the server. */
    public int port() {
      String[] parts = hostAndPort();
      return parts.length > 1 ? Integer.parseInt(parts[1]) : 5432;
    }

    private String[] hostAndPort() {
      return jdbcUrl.replaceFirst("^jdbc:postgresql://", "").split("/", 2)[0].split(":", 2);
    }
  }

  /**
   * A new, empty database on the shared server; a test class asks for one so that it meets nobody
   * else's rows.
   */
  public static Access freshDatabase() {
    Access server = server();
    String name = "t_" + UUID.randomUUID().toString().replace("-", "");
    try (var connection = server.connect();
        var statement = connection.createStatement()) {
      statement.execute("create database " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(
          "no fresh database at " + server.jdbcUrl() + ": " + e.getMessage(), e);
    }
    String url = server.jdbcUrl().replaceFirst("(//[^/]+/)[^?]*", "$1" + name);
    return new Access(url, server.user(), server.password());
  }

  private static synchronized Access server() {
    Access known = shared;
    if (known == null) {
      known = find();
      shared = known;
    }
    return known;
  }

  private static Access find() {
    String url = System.getenv("FLOTILLA_POSTGRES_URL");
    if (url != null && !url.isBlank()) {
      System.out.println("[test-kit] PostgreSQL: FLOTILLA_POSTGRES_URL, " + url);
      return new Access(
          url,
          System.getenv().getOrDefault("FLOTILLA_POSTGRES_USER", "postgres"),
          System.getenv().getOrDefault("FLOTILLA_POSTGRES_PASSWORD", ""));
    }
    return DockerClientFactory.instance().isDockerAvailable() ? container() : embedded();
  }

  // Ends with the JVM: Testcontainers' reaper removes it.
  @SuppressWarnings("resource")
  private static Access container() {
    var container = new PostgreSQLContainer("postgres:18-alpine");
    container.start();
    System.out.println("[test-kit] PostgreSQL: container, " + container.getJdbcUrl());
    return new Access(container.getJdbcUrl(), container.getUsername(), container.getPassword());
  }

  private static Access embedded() {
    try {
      // fsync off: a test's rows need not survive a power cut, and everything is several times
      // faster.
      var postgres =
          EmbeddedPostgres.builder()
              .setServerConfig("listen_addresses", "127.0.0.1")
              .setServerConfig("fsync", "off")
              .setServerConfig("synchronous_commit", "off")
              .setServerConfig("max_connections", "200")
              .start();
      String url = "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
      System.out.println("[test-kit] PostgreSQL: embedded, " + url);
      return new Access(url, "postgres", "postgres");
    } catch (IOException e) {
      throw new UncheckedIOException("the embedded PostgreSQL did not start", e);
    }
  }
}
