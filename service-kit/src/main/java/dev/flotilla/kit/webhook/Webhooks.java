package dev.flotilla.kit.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.http.HttpReply;
import dev.flotilla.kit.http.JsonBody;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseAwayException;
import dev.flotilla.kit.webhook.Outbox.Taken;
import dev.flotilla.kit.webhook.Outbox.Tried;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Messages to named targets, signed as the Standard Webhooks specification says: {@code
 * webhook-id}, {@code webhook-timestamp} and {@code webhook-signature} over {@code
 * id.timestamp.body}. A message that was put is sent until its target says 2xx, says 410, or too
 * many tries have failed; it may arrive twice, with the same id. Redirects are failures. Every
 * replica sends, and no two the same message at once. Thread-safe.
 */
public final class Webhooks implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Webhooks.class.getName());
  private static final int AT_ONCE = 16;
  private static final int MOST_ANSWER_BYTES = 64 << 10;
  private static final int GONE = 410;

  /** Another replica may have put something and died. */
  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(10);

  private final Database database;
  private final Outbox outbox;
  private final WebhookTargets targets;
  private final WebhookConfig config;
  private final HttpCaller http;
  private final Semaphore room = new Semaphore(AT_ONCE);
  private final Semaphore reasons = new Semaphore(0);
  private final Thread thread;

  private Webhooks(
      Database database, WebhookTargets targets, WebhookConfig config, HttpCaller http) {
    this.database = database;
    this.outbox = new Outbox(database);
    this.targets = targets;
    this.config = config;
    this.http = http;
    this.thread = Thread.ofVirtual().name("webhooks").unstarted(this::work);
  }

  /**
   * Begins to send what is in the database's tables {@code webhook_message} and {@code
   * webhook_attempt}.
   */
  public static Webhooks start(
      Database database, WebhookTargets targets, WebhookConfig config, HttpCaller http) {
    var webhooks = new Webhooks(database, targets, config, http);
    webhooks.thread.start();
    return webhooks;
  }

  /**
   * Tells a target.
   *
   * @throws UnknownTarget when nobody of that name takes this team's messages
   */
  public void send(WebhookEvent event) {
    targets.require(event.target(), event.team());
    database.inTransaction(connection -> outbox.put(event, body(event), connection));
    wereSent();
  }

  /**
   * Tells a target if this transaction is committed; {@link #wereSent} afterwards saves waiting.
   *
   * @throws UnknownTarget when nobody of that name takes this team's messages
   */
  public void send(WebhookEvent event, Connection connection) throws SQLException {
    targets.require(event.target(), event.team());
    outbox.put(event, body(event), connection);
  }

  /** There may be something to send. */
  public void wereSent() {
    reasons.release();
  }

  /** A page of what was sent for a team, and how that went. */
  public ObjectNode list(String team, DeliveryPage page) {
    return outbox.list(team, page);
  }

  private static byte[] body(WebhookEvent event) {
    ObjectNode body = Json.object().put("type", event.type());
    body.put("timestamp", event.at().toString());
    body.set("data", event.data());
    return Json.plainBytes(body);
  }

  private void work() {
    Instant forgetAt = Instant.MIN;
    while (!Thread.currentThread().isInterrupted()) {
      Duration pause = Duration.ofSeconds(1);
      try {
        if (database.awaitMigrated(LONGEST_SLEEP)) {
          if (Instant.now().isAfter(forgetAt)) {
            outbox.forget(config.keep());
            forgetAt = Instant.now().plus(Duration.ofHours(1));
          }
          pause = sendDue();
        }
      } catch (DatabaseAwayException e) {
        LOG.log(Level.DEBUG, "webhooks are sent later: {0}", e.getMessage());
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "webhooks could not be sent", e);
        pause = LONGEST_SLEEP;
      }
      sleep(pause);
    }
  }

  /** Hands out what is due while there is room; says how long nothing is. */
  private Duration sendDue() {
    while (true) {
      int free = room.drainPermits();
      if (free == 0) {
        // whoever ends says so
        return LONGEST_SLEEP;
      }
      List<Taken> due = List.of();
      try {
        due = outbox.take(free, config.patience().plusSeconds(20));
      } finally {
        room.release(free - due.size());
      }
      for (Taken message : due) {
        Thread.ofVirtual().name("webhook").start(() -> sendAndMakeRoom(message));
      }
      if (due.size() < free) {
        return outbox.next().map(Webhooks::until).orElse(LONGEST_SLEEP);
      }
    }
  }

  private void sendAndMakeRoom(Taken message) {
    try {
      send(message);
    } catch (DatabaseAwayException e) {
      // It is sent again, because nobody knows that it arrived.
      LOG.log(
          Level.WARNING, "what became of {0} is not on record: {1}", message.id(), e.getMessage());
    } finally {
      room.release();
      reasons.release();
    }
  }

  private void send(Taken message) {
    WebhookTarget target = targets.find(message.target(), message.team()).orElse(null);
    if (target == null) {
      outbox.done(
          message, new Tried(null, "the target is not configured any more", Duration.ZERO), false);
      return;
    }
    long start = System.nanoTime();
    Answer answer = post(target, message);
    var tried =
        new Tried(answer.status(), answer.error(), Duration.ofNanos(System.nanoTime() - start));
    if (answer.error() == null) {
      outbox.done(message, tried, true);
    } else if (answer.isFinal() || message.tries() >= config.mostTries()) {
      LOG.log(
          Level.WARNING,
          "webhook {0} to {1} is given up: {2}",
          message.id(),
          target.name(),
          answer.error());
      outbox.done(message, tried, false);
    } else {
      outbox.again(message, tried, pause(message.tries(), answer.retryAfter()));
    }
  }

  /** Never shorter than the target asks for; a little uneven, so that not all come at once. */
  private Duration pause(int failures, Duration asked) {
    Duration own = config.pause(failures);
    double uneven = 1 + ThreadLocalRandom.current().nextDouble(0.1);
    Duration pause = Duration.ofMillis((long) (own.toMillis() * uneven));
    Duration most = config.longestPause();
    return asked.compareTo(pause) > 0 ? (asked.compareTo(most) > 0 ? most : asked) : pause;
  }

  /**
   * What a target said.
   *
   * @param error null when it took the message
   * @param isFinal whether it wants no message any more
   */
  private record Answer(
      @Nullable Integer status, @Nullable String error, boolean isFinal, Duration retryAfter) {}

  private Answer post(WebhookTarget target, Taken message) {
    long now = Instant.now().getEpochSecond();
    String signatures =
        target.secrets().stream()
            .map(secret -> secret.sign(message.id(), now, message.body()))
            .collect(Collectors.joining(" "));
    var headers =
        Map.of(
            "webhook-id", message.id(),
            "webhook-timestamp", Long.toString(now),
            "webhook-signature", signatures);
    try (HttpReply reply =
        http.post(
            target.url(),
            headers,
            JsonBody.written(message.body()),
            Deadline.in(config.patience()))) {
      int status = reply.status();
      Duration retryAfter = seconds(reply.header("retry-after"));
      drain(reply);
      return status / 100 == 2
          ? new Answer(status, null, false, Duration.ZERO)
          : new Answer(status, "status " + status, status == GONE, retryAfter);
    } catch (IOException e) {
      return new Answer(null, String.valueOf(e.getMessage()), false, Duration.ZERO);
    }
  }

  /** So that the connection can be used again; what it says is nothing to us. */
  private static void drain(HttpReply reply) {
    try {
      reply.body().readNBytes(MOST_ANSWER_BYTES);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the rest of an answer did not come: {0}", e.getMessage());
    }
  }

  private static Duration seconds(@Nullable String header) {
    return header != null && header.strip().matches("[0-9]{1,9}")
        ? Duration.ofSeconds(Long.parseLong(header.strip()))
        : Duration.ZERO;
  }

  private static Duration until(Instant next) {
    Duration left = Duration.between(Instant.now(), next);
    Duration least = Duration.ofMillis(20);
    if (left.compareTo(least) < 0) {
      return least;
    }
    return left.compareTo(LONGEST_SLEEP) > 0 ? LONGEST_SLEEP : left;
  }

  private void sleep(Duration pause) {
    try {
      if (reasons.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        reasons.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
