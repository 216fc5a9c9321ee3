package dev.flotilla.review.people;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.webhook.WebhookEvent;
import dev.flotilla.kit.webhook.WebhookTargets;
import dev.flotilla.kit.webhook.Webhooks;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/**
 * Tells the targets of a queue that a person is asked. What is to be decided is not in the message:
 * it may be confidential, and whoever decides has to sign in anyway. Thread-safe.
 */
public final class Notices {
  private static final String ASKED = "decision.asked";

  private final WebhookTargets targets;
  private final Webhooks webhooks;

  public Notices(WebhookTargets targets, Webhooks webhooks) {
    this.targets = targets;
    this.webhooks = webhooks;
  }

  /** If this transaction is committed; {@link #wereGiven} follows. */
  void asked(Question question, Connection connection) throws SQLException {
    for (String target : targets.ofQueue(question.queue(), question.team())) {
      ObjectNode data = Json.object();
      data.put("decision_id", question.id()).put("queue", question.queue());
      data.put("title", question.title());
      question.decisions().forEach(data.putArray("decisions")::add);
      data.put("deadline", question.deadline().toString());
      data.put("on_timeout", question.onTimeout());
      data.put("review_id", question.reviewId());
      data.put("run_id", question.runId()).put("step", question.step());
      webhooks.send(
          new WebhookEvent(
              question.id() + "." + ASKED + "." + target,
              question.team(),
              target,
              ASKED,
              Instant.now(),
              data),
          connection);
    }
  }

  /** After the transaction. */
  void wereGiven() {
    webhooks.wereSent();
  }
}
