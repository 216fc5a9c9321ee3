package dev.flotilla.router.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseConfig;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.webhook.DeliveryPage;
import dev.flotilla.kit.webhook.UnknownTarget;
import dev.flotilla.kit.webhook.WebhookConfig;
import dev.flotilla.kit.webhook.WebhookEvent;
import dev.flotilla.kit.webhook.WebhookSecret;
import dev.flotilla.kit.webhook.WebhookTargets;
import dev.flotilla.kit.webhook.Webhooks;
import dev.flotilla.testkit.RealPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages to a server that does as it is told, from the router's own tables. */
class WebhooksIT {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String NEXT_SECRET = "whsec_" + "bmV4dC1uZXh0LW5leHQtbmV4dC1uZXh0";
  private static final WebhookConfig HURRIED =
      new WebhookConfig(
          Duration.ofSeconds(5),
          Duration.ofMillis(20),
          Duration.ofSeconds(2),
          4,
          Duration.ofDays(30));

  /** What arrived. */
  private record Message(
      String path, String id, long timestamp, String signature, byte[] body, Instant at) {}

  @TempDir Path folder;
  private final BlockingQueue<Message> arrived = new LinkedBlockingQueue<>();
  private final ConcurrentLinkedDeque<Integer> statuses = new ConcurrentLinkedDeque<>();
  private final HttpCaller http = new HttpCaller(Duration.ofSeconds(2));
  private HttpServer receiver;
  private Database database;

  @BeforeEach
  void start() throws Exception {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    receiver.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    receiver.createContext("/", this::receive);
    receiver.start();
    RealPostgres.Access access = RealPostgres.freshDatabase();
    database =
        Database.open(
            new DatabaseConfig("router", access.jdbcUrl(), access.user(), access.password(), 8));
    assertTrue(database.awaitMigrated(Duration.ofSeconds(30)));
  }

  @AfterEach
  void stop() {
    database.close();
    http.close();
    receiver.stop(0);
  }

  @Test
  void a_signature_is_what_another_implementation_computes() {
    // openssl dgst -sha256 -mac HMAC over msg_1.1614265330.{"test": 2432232314}
    assertEquals(
        "v1,9o7UeFkn1GjVbcY4emAJruJCYqgH2EIf8u/slvVRBZI=",
        WebhookSecret.of(SECRET)
            .sign(
                "msg_1",
                1_614_265_330L,
                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)));
    assertEquals("***", WebhookSecret.of(SECRET).toString());
  }

  @Test
  void a_message_arrives_once_and_its_signature_is_that_of_its_bytes() throws Exception {
    try (Webhooks webhooks = webhooks()) {
      webhooks.send(event("msg_1", "growth", "listings"));
      webhooks.send(event("msg_1", "growth", "listings"));
      Message message = next();
      assertEquals("/hook", message.path());
      assertEquals("msg_1", message.id());
      assertTrue(Math.abs(message.timestamp() - Instant.now().getEpochSecond()) < 60);
      assertEquals(
          WebhookSecret.of(SECRET).sign("msg_1", message.timestamp(), message.body()),
          message.signature());
      JsonNode body = Json.parse(new String(message.body(), StandardCharsets.UTF_8));
      assertEquals("run.completed", body.path("type").asText());
      assertEquals("2026-11-21T10:00:00Z", body.path("timestamp").asText());
      assertEquals("run_1", body.path("data").path("run_id").asText());
      JsonNode log = awaitLog(webhooks, "delivered", 1);
      assertEquals(200, log.path(0).path("last_status").asInt());
      assertEquals(1, log.path(0).path("tries").asInt());
      assertTrue(arrived.isEmpty(), "the same event is one message");
      assertEquals(0, webhooks.list("other", all()).path("data").size());
    }
  }

  @Test
  void while_a_secret_is_replaced_messages_carry_both_signatures() throws Exception {
    try (Webhooks webhooks = webhooks()) {
      webhooks.send(event("msg_2", "growth", "rotating"));
      Message message = next();
      assertEquals(
          WebhookSecret.of(SECRET).sign("msg_2", message.timestamp(), message.body())
              + " "
              + WebhookSecret.of(NEXT_SECRET).sign("msg_2", message.timestamp(), message.body()),
          message.signature());
    }
  }

  @Test
  void a_message_that_does_not_arrive_is_sent_again_as_it_was() throws Exception {
    statuses.addAll(List.of(500, 503, 200));
    try (Webhooks webhooks = webhooks()) {
      webhooks.send(event("msg_3", "growth", "listings"));
      List<Message> tries = List.of(next(), next(), next());
      for (Message message : tries) {
        assertEquals("msg_3", message.id());
        assertEquals(
            new String(tries.getFirst().body(), StandardCharsets.UTF_8),
            new String(message.body(), StandardCharsets.UTF_8));
      }
      assertEquals(3, awaitLog(webhooks, "delivered", 1).path(0).path("tries").asInt());
    }
    assertEquals(List.of("1 500", "2 503", "3 200"), attempts("msg_3"));
  }

  @Test
  void a_target_that_asks_for_time_gets_it() throws Exception {
    statuses.addAll(List.of(429, 200));
    try (Webhooks webhooks = webhooks()) {
      webhooks.send(event("msg_4", "growth", "listings"));
      Instant first = next().at();
      Duration between = Duration.between(first, next().at());
      assertTrue(
          between.compareTo(Duration.ofMillis(900)) > 0, "retry-after was 1, not " + between);
    }
  }

  @Test
  void a_redirect_is_a_failure_and_not_followed() throws Exception {
    statuses.addAll(List.of(307, 200));
    try (Webhooks webhooks = webhooks()) {
      webhooks.send(event("msg_5", "growth", "listings"));
      assertEquals("/hook", next().path());
      assertEquals("/hook", next().path(), "and not /elsewhere");
      awaitLog(webhooks, "delivered", 1);
    }
    assertEquals(List.of("1 307", "2 200"), attempts("msg_5"));
  }

  @Test
  void a_target_that_wants_nothing_more_or_never_answers_is_given_up() throws Exception {
    statuses.addAll(List.of(410, 500, 500, 500, 500));
    try (Webhooks webhooks = webhooks()) {
      webhooks.send(event("msg_6", "growth", "listings"));
      next();
      assertEquals(1, awaitLog(webhooks, "failed", 1).path(0).path("tries").asInt());
      webhooks.send(event("msg_7", "growth", "listings"));
      for (int i = 0; i < HURRIED.mostTries(); i++) {
        next();
      }
      JsonNode given = awaitLog(webhooks, "failed", 2).path(0);
      assertEquals("msg_7", given.path("id").asText());
      assertEquals("status 500", given.path("last_error").asText());
      webhooks.send(event("msg_8", "growth", "nobody-there"));
      assertEquals("msg_8", awaitLog(webhooks, "failed", 3).path(0).path("id").asText());
    }
  }

  @Test
  void only_targets_of_the_configuration_are_told_and_only_by_their_teams() {
    try (Webhooks webhooks = webhooks()) {
      UnknownTarget unknown =
          assertThrows(
              UnknownTarget.class,
              () -> webhooks.send(event("msg_9", "growth", "http://169.254.169.254/")));
      assertTrue(
          String.valueOf(unknown.getMessage()).contains("[listings, nobody-there, rotating]"));
      assertThrows(UnknownTarget.class, () -> webhooks.send(event("msg_9", "other", "listings")));
    }
  }

  @Test
  void what_was_not_committed_is_not_sent_and_what_was_is_sent_by_whoever_lives() throws Exception {
    var keptFrom = new ArrayList<String>();
    Webhooks dies = webhooks();
    dies.close();
    assertThrows(
        IllegalStateException.class,
        () ->
            database.inTransaction(
                connection -> {
                  dies.send(event("msg_rolled_back", "growth", "listings"), connection);
                  throw new SQLException("no", "XX000");
                }));
    for (int i = 0; i < 200; i++) {
      String id = "msg_" + i;
      keptFrom.add(id);
      database.inTransaction(
          connection -> {
            dies.send(event(id, "growth", "listings"), connection);
            return id;
          });
    }
    try (Webhooks one = webhooks();
        Webhooks other = webhooks()) {
      var ids = new ArrayList<String>();
      for (int i = 0; i < 200; i++) {
        ids.add(next().id());
      }
      awaitLog(one, "delivered", 100);
      other.wereSent();
      assertEquals(new HashSet<>(keptFrom), new HashSet<>(ids));
      assertTrue(arrived.isEmpty(), "each once: " + arrived.size());
    }
  }

  @Test
  void a_wrong_file_says_what_to_write_and_never_the_secret() {
    refused("targets: {x: {url: \"https://h/\"}}", "needs url and secret_env");
    refused("targets: {x: {url: \"ftp://h/\", secret_env: S}}", "write an http or https address");
    refused("targets: {x: {url: \"https://u:p@h/\", secret_env: S}}", "without user");
    refused("targets: {x: {url: \"https://h/\", secret_env: UNSET}}", "UNSET, which is not set");
    refused("targets: {x: {url: \"https://h/\", secret_env: WEAK}}", "openssl rand -base64 32");
    refused("targets: {\"a b\": {url: \"https://h/\", secret_env: S}}", "is no name");
    refused("target: {}", "target");
    assertEquals(
        List.of(), WebhookTargets.read(folder.resolve("absent"), name -> null).namesFor("t"));
  }

  private void refused(String yaml, String says) {
    String message =
        String.valueOf(
            assertThrows(ConfigurationException.class, () -> targets(yaml)).getMessage());
    assertTrue(message.contains(says), message);
    assertFalse(message.contains("weak-secret"), message);
  }

  private Webhooks webhooks() {
    int port = receiver.getAddress().getPort();
    return Webhooks.start(
        database,
        targets(
            """
            targets:
              listings: {url: "http://127.0.0.1:%d/hook", secret_env: S, teams: [growth]}
              rotating: {url: "http://127.0.0.1:%d/hook", secret_env: TWO}
              nobody-there: {url: "http://127.0.0.1:1/", secret_env: S}
            """
                .formatted(port, port)),
        HURRIED,
        http);
  }

  private WebhookTargets targets(String yaml) {
    try {
      Path file = Files.writeString(folder.resolve("webhooks.yaml"), yaml);
      return WebhookTargets.read(
          file,
          name ->
              switch (name) {
                case "S" -> SECRET;
                case "TWO" -> SECRET + " " + NEXT_SECRET;
                case "WEAK" -> "weak-secret";
                default -> null;
              });
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static WebhookEvent event(String id, String team, String target) {
    return new WebhookEvent(
        id,
        team,
        target,
        "run.completed",
        Instant.parse("2026-11-21T10:00:00Z"),
        Json.object().put("run_id", "run_1").put("text", "é"));
  }

  private Message next() throws InterruptedException {
    Message message = arrived.poll(20, TimeUnit.SECONDS);
    assertNotNull(message, "nothing arrived");
    return message;
  }

  private static DeliveryPage all() {
    return new DeliveryPage(null, null, 100, null);
  }

  private static JsonNode awaitLog(Webhooks webhooks, String status, int messages) {
    Instant end = Instant.now().plusSeconds(20);
    JsonNode data;
    do {
      data = webhooks.list("growth", new DeliveryPage(null, status, 100, null)).path("data");
    } while (data.size() < messages && Instant.now().isBefore(end));
    assertEquals(messages, data.size());
    return data;
  }

  private List<String> attempts(String id) {
    return database.inTransaction(
        connection -> {
          var attempts = new ArrayList<String>();
          try (var statement =
              connection.prepareStatement(
                  "select try, status from webhook_attempt where message_id = ? order by id")) {
            statement.setString(1, id);
            try (var rows = statement.executeQuery()) {
              while (rows.next()) {
                attempts.add(rows.getInt(1) + " " + rows.getInt(2));
              }
            }
          }
          return attempts;
        });
  }

  private void receive(HttpExchange call) throws IOException {
    byte[] body = call.getRequestBody().readAllBytes();
    var headers = call.getRequestHeaders();
    Integer told = statuses.poll();
    int status = told == null ? 200 : told;
    if (status == 429) {
      call.getResponseHeaders().set("retry-after", "1");
    }
    if (status == 307) {
      call.getResponseHeaders().set("location", "/elsewhere");
    }
    arrived.add(
        new Message(
            call.getRequestURI().getPath(),
            headers.getFirst("webhook-id"),
            Long.parseLong(headers.getFirst("webhook-timestamp")),
            headers.getFirst("webhook-signature"),
            body,
            Instant.now()));
    call.sendResponseHeaders(status, -1);
    call.close();
  }
}
