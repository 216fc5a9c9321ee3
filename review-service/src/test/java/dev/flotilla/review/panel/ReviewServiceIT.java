package dev.flotilla.review.panel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.testkit.RealPostgres;
import io.helidon.microprofile.server.Server;
import io.helidon.microprofile.server.ServerCdiExtension;
import jakarta.enterprise.inject.spi.CDI;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReviewServiceIT {
  private static final String TOKEN = "a-token-for-tests-only";
  private static final RealPostgres.Access DATABASE = RealPostgres.freshDatabase();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static Server server;
  private static int opsPort;

  @BeforeAll
  static void start() throws Exception {
    Map.of(
            "flotilla.postgres.url",
            DATABASE.jdbcUrl(),
            "flotilla.postgres.user",
            DATABASE.user(),
            "flotilla.postgres.password",
            DATABASE.password(),
            "flotilla.service.token",
            TOKEN,
            "server.sockets.0.host",
            "127.0.0.1",
            "server.sockets.0.port",
            "0")
        .forEach(System::setProperty);
    server = Server.builder().port(0).host("127.0.0.1").build().start();
    opsPort = CDI.current().getBeanManager().getExtension(ServerCdiExtension.class).port("ops");
    Instant end = Instant.now().plus(Duration.ofSeconds(20));
    while (get(opsPort, "/health/ready", "growth").statusCode() != 200) {
      assertTrue(Instant.now().isBefore(end), get(opsPort, "/health/ready", "growth").body());
    }
  }

  @AfterAll
  static void stop() {
    server.stop();
    CLIENT.close();
  }

  @Test
  void it_is_alive_ready_and_started_on_the_management_port_only() throws Exception {
    for (String check : new String[] {"live", "ready", "started"}) {
      assertEquals(200, get(opsPort, "/health/" + check, "growth").statusCode());
      assertEquals(404, get(server.port(), "/health/" + check, "growth").statusCode());
    }
    assertTrue(get(server.port(), "/openapi", "growth").body().contains("/v1/reviews"));
  }

  @Test
  void a_team_sees_its_own_reviews() throws Exception {
    insert("rev_1", "growth", "pending", "null");
    insert("rev_2", "other", "pending", "null");
    String body = get(server.port(), "/v1/reviews", "growth").body();
    assertTrue(body.contains("\"id\":\"rev_1\"") && body.contains("\"rounds\":1"), body);
    assertTrue(!body.contains("rev_2"), body);
  }

  @Test
  void the_age_of_the_queue_is_a_metric_from_the_start() throws Exception {
    String metrics = get(opsPort, "/metrics", "growth").body();
    assertTrue(
        metrics.lines().anyMatch(line -> line.startsWith("review_queue_oldest_seconds{")), metrics);
  }

  @Test
  void a_decided_review_is_not_changed() throws Exception {
    insert("rev_3", "judges", "decided", "'approve'");
    assertThrows(
        SQLException.class,
        () -> sql("update review.review set decision = 'reject' where id = 'rev_3'"));
    assertThrows(SQLException.class, () -> sql("delete from review.review where id = 'rev_3'"));
  }

  private static void insert(String id, String team, String status, String decision)
      throws SQLException {
    sql(
        "insert into review.review (id, team, status, decision, decided_at, body) values ('%s', '%s', '%s', %s, %s, '{\"rounds\":1}')"
            .formatted(id, team, status, decision, decision.equals("null") ? "null" : "now()"));
  }

  private static void sql(String statement) throws SQLException {
    try (var connection = DATABASE.connect();
        var open = connection.createStatement()) {
      open.executeUpdate(statement);
    }
  }

  private static HttpResponse<String> get(int port, String path, String team)
      throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("authorization", "Bearer " + TOKEN)
            .header("x-flotilla-team", team)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
