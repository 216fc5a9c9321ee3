package dev.flotilla.router.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.HttpCaller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.webhook.DeliveryPage;
import dev.flotilla.kit.webhook.UnknownTarget;
import dev.flotilla.kit.webhook.WebhookConfig;
import dev.flotilla.kit.webhook.WebhookEvent;
import dev.flotilla.kit.webhook.WebhookTargets;
import dev.flotilla.kit.webhook.Webhooks;
import dev.flotilla.router.store.Store;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What this router tells others of its own accord, such as the end of a run. It is kept in the
 * router's database; without one nobody can be told. Thread-safe.
 */
public final class Announcements implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Announcements.class.getName());

  private final WebhookTargets targets;
  private final @Nullable Webhooks webhooks;

  private Announcements(WebhookTargets targets, @Nullable Webhooks webhooks) {
    this.targets = targets;
    this.webhooks = webhooks;
  }

  public static Announcements open(
      Store store, WebhookTargets targets, WebhookConfig config, HttpCaller http) {
    return new Announcements(
        targets,
        store
            .database()
            .map(database -> Webhooks.start(database, targets, config, http))
            .orElse(null));
  }

  /**
   * Before something is begun whose end is to be told.
   *
   * @throws UnknownTarget when no target of that name takes this team's messages
   */
  public void require(String target, String team) {
    targets.require(target, team);
  }

  /**
   * Tells of an end if the transaction in which it is written down is committed; call {@link
   * #wereMade} afterwards.
   *
   * @param id of what ended; each of its ends is told once
   * @param target who is told; nobody is when it is null
   * @param type such as {@code run.completed}
   */
  public void make(
      String id,
      String team,
      @Nullable String target,
      String type,
      ObjectNode data,
      Connection connection)
      throws SQLException {
    if (webhooks == null || target == null) {
      return;
    }
    try {
      webhooks.send(
          new WebhookEvent(id + "." + type, team, target, type, Instant.now(), data), connection);
    } catch (UnknownTarget e) {
      // It was there at the beginning; that it is gone is no reason not to end.
      LOG.log(Level.WARNING, "nobody is told of the end of {0}: {1}", id, e.getMessage());
    }
  }

  /** After the transaction. */
  public void wereMade() {
    if (webhooks != null) {
      webhooks.wereSent();
    }
  }

  List<String> namesFor(String team) {
    return targets.namesFor(team);
  }

  /** A page of what was sent for a team. */
  ObjectNode list(String team, DeliveryPage page) {
    if (webhooks != null) {
      return webhooks.list(team, page);
    }
    ObjectNode none = Json.object().put("object", "list");
    none.putArray("data");
    return none.putNull("first_id").putNull("last_id").put("has_more", false);
  }

  @Override
  public void close() {
    if (webhooks != null) {
      webhooks.close();
    }
  }
}
