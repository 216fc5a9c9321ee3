package dev.flotilla.router.trail;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.store.Store;
import java.util.List;

/** {@code GET /v1/audit}, for administrators. Thread-safe. */
public final class TrailRoute {
  private final TrailBook book;

  TrailRoute(TrailBook book) {
    this.book = book;
  }

  public List<Door> doors(Store store) {
    String recalls = "Lists what administrators and reviewers did, newest first.";
    DoorHandler list = store.guarding(this::list);
    return List.of(new Door("GET", "/v1/audit", Role.ADMINS, 0, recalls, list));
  }

  /** What was done, newest first. */
  public void list(Visit visit) {
    var query = visit.request().query();
    String limit = query.first("limit").orElse("100");
    if (!limit.matches("[1-9][0-9]{0,2}|1000")) {
      visit.send(
          ApiError.invalid(
              "invalid_limit", "'limit' must be a whole number from 1 to 1000.", "limit"));
      return;
    }
    int most = Integer.parseInt(limit);
    List<ObjectNode> found =
        book.list(
            query.first("action").orElse(null),
            query.first("key").orElse(null),
            query.first("after").orElse(null),
            most + 1);
    ObjectNode list = Json.object().put("object", "list");
    ArrayNode data = list.putArray("data");
    found.stream().limit(most).forEach(data::add);
    list.put("first_id", data.path(0).path("id").asText(null));
    list.put("last_id", data.path(data.size() - 1).path("id").asText(null));
    visit.send(200, list.put("has_more", found.size() > most));
  }
}
