package dev.flotilla.router.webhook;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.postgres.DatabaseAwayException;
import dev.flotilla.kit.webhook.DeliveryPage;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.store.Store;
import java.time.Duration;
import java.util.List;

/** {@code GET /v1/webhooks} and {@code GET /v1/webhooks/deliveries}. Thread-safe. */
public final class WebhookRoute {
  private static final List<String> STATUSES = List.of("pending", "delivered", "failed");
  private static final Duration COME_AGAIN = Duration.ofSeconds(5);

  private final Announcements announcements;

  public WebhookRoute(Announcements announcements) {
    this.announcements = announcements;
  }

  public List<Door> doors(Store store) {
    String names = "Lists whom a request may name to be told of its end.";
    String delivers = "Lists what was sent to webhooks for the caller's team, and how that went.";
    DoorHandler sent = store.guarding(this::deliveries);
    return List.of(
        new Door("GET", "/v1/webhooks", Role.READERS, 0, names, this::targets),
        new Door("GET", "/v1/webhooks/deliveries", Role.READERS, 0, delivers, sent));
  }

  /** The names that this team's requests may write into {@code webhook}. */
  public void targets(Visit visit) {
    ObjectNode list = Json.object().put("object", "list");
    ArrayNode data = list.putArray("data");
    announcements
        .namesFor(visit.caller().team())
        .forEach(name -> data.addObject().put("object", "webhook.target").put("name", name));
    visit.send(200, list.put("has_more", false));
  }

  /** What was sent for this team, newest first. */
  public void deliveries(Visit visit) {
    var query = visit.request().query();
    String status = query.first("status").orElse(null);
    String limit = query.first("limit").orElse("20");
    if (status != null && !STATUSES.contains(status)) {
      visit.send(
          ApiError.invalid(
              "invalid_status", "'status' must be one of " + STATUSES + ".", "status"));
    } else if (!limit.matches("[1-9][0-9]?|100")) {
      visit.send(
          ApiError.invalid(
              "invalid_limit", "'limit' must be a whole number from 1 to 100.", "limit"));
    } else {
      var page =
          new DeliveryPage(
              query.first("target").orElse(null),
              status,
              Integer.parseInt(limit),
              query.first("after").orElse(null));
      list(visit, page);
    }
  }

  private void list(Visit visit, DeliveryPage page) {
    try {
      visit.send(200, announcements.list(visit.caller().team(), page));
    } catch (DatabaseAwayException e) {
      visit.comeAgain(COME_AGAIN);
      visit.send(
          new ApiError(
              503,
              "server_error",
              "database_away",
              "PostgreSQL, which keeps what is sent, does not answer now. Nothing is lost: ask again.",
              null,
              "router"));
    }
  }
}
