package dev.flotilla.review.people;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseConfig;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.webhook.WebhookConfig;
import dev.flotilla.kit.webhook.WebhookSecret;
import dev.flotilla.kit.webhook.WebhookTargets;
import dev.flotilla.kit.webhook.Webhooks;
import dev.flotilla.testkit.RealPostgres;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever is named for a queue is told of its questions, signed. */
class NoticesIT {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private record Message(String id, String timestamp, String signature, byte[] body) {}

  @TempDir Path folder;

  private WebhookTargets targets(int port, String queues) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("webhooks.yaml"),
            """
            targets:
              oncall: {url: "http://127.0.0.1:%d/hook", secret_env: SECRET, teams: [growth]}
            queues: %s
            """
                .formatted(port, queues));
    return WebhookTargets.read(file, name -> SECRET);
  }

  @Test
  void the_targets_of_a_queue_are_told_once_and_not_what_is_confidential() throws Exception {
    BlockingQueue<Message> arrived = new LinkedBlockingQueue<>();
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    receiver.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    receiver.createContext(
        "/hook",
        exchange -> {
          var headers = exchange.getRequestHeaders();
          arrived.add(
              new Message(
                  headers.getFirst("webhook-id"),
                  headers.getFirst("webhook-timestamp"),
                  headers.getFirst("webhook-signature"),
                  exchange.getRequestBody().readAllBytes()));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    receiver.start();
    RealPostgres.Access access = RealPostgres.freshDatabase();
    WebhookTargets targets = targets(receiver.getAddress().getPort(), "{reviews: [oncall]}");
    var config =
        new WebhookConfig(
            Duration.ofSeconds(5),
            Duration.ofMillis(20),
            Duration.ofSeconds(2),
            4,
            Duration.ofDays(30));
    try (var http = new HttpCaller(Duration.ofSeconds(2));
        var database =
            Database.open(
                new DatabaseConfig(
                    "review", access.jdbcUrl(), access.user(), access.password(), 8))) {
      assertTrue(database.awaitMigrated(Duration.ofSeconds(30)));
      try (var webhooks = Webhooks.start(database, targets, config, http)) {
        var questions =
            new Questions(
                database,
                new PeopleConfig(
                    Duration.ofDays(1), Duration.ofMinutes(30), Duration.ofDays(9), null),
                (settled, connection) -> {},
                new Notices(targets, webhooks),
                () -> {});
        questions.ask(question("q-1", "growth", "reviews"), "service");
        questions.ask(question("q-1", "growth", "reviews"), "service");
        questions.ask(question("q-2", "growth", "listings"), "service");
        questions.ask(question("q-3", "other", "reviews"), "service");
        questions.ask(question("q-4", "growth", "reviews"), "service");

        Message first = next(arrived);
        Message second = next(arrived);
        assertEquals(
            List.of("q-1.decision.asked.oncall", "q-4.decision.asked.oncall"),
            List.of(first.id(), second.id()).stream().sorted().toList());
        assertNull(arrived.poll(), "neither another queue nor another team");
        assertEquals(
            WebhookSecret.of(SECRET)
                .sign(first.id(), Long.parseLong(first.timestamp()), first.body()),
            first.signature());
        String said = new String(first.body(), StandardCharsets.UTF_8);
        assertFalse(said.contains("confidential"), said);
        JsonNode data = Json.parse(said).path("data");
        assertEquals("reviews", data.path("queue").asText());
        assertEquals("approve", data.path("decisions").path(0).asText());
      }
    } finally {
      receiver.stop(0);
    }
  }

  @Test
  void a_queue_that_tells_nobody_known_is_refused() {
    var refused =
        assertThrows(ConfigurationException.class, () -> targets(1, "{reviews: [nobody]}"));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("write a list of names from targets"),
        refused.getMessage());
  }

  private static Message next(BlockingQueue<Message> arrived) throws InterruptedException {
    Message message = arrived.poll(20, TimeUnit.SECONDS);
    assertNotNull(message, "nobody was told");
    return message;
  }

  private static Question question(String id, String team, String queue) {
    return new Question(
        id,
        team,
        queue,
        "Somebody has to decide",
        Json.object().put("artifact", "confidential"),
        List.of("approve", "reject"),
        Instant.now().plusSeconds(600),
        "reject",
        null,
        null,
        null);
  }
}
