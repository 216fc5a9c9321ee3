package dev.flotilla.router.keys;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.door.ApiKeys;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.KeyEntry;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.keys.KeyBook.Change;
import dev.flotilla.router.keys.KeyBook.Told;
import dev.flotilla.router.store.Store;
import dev.flotilla.router.trail.Trail;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v1/keys}, for administrators. A key is in the answer to the request that made it and
 * nowhere else. Thread-safe.
 */
public final class KeysRoute {
  private static final int KEY_BYTES = 50_000;
  private static final String BELOW = "/v1/keys/";
  private static final String ROTATE = "/rotate";

  private final KeyBook book;
  private final ApiKeys keys;
  private final Runnable changed;

  /**
   * @param changed makes this router take over what was changed
   */
  KeysRoute(KeyBook book, ApiKeys keys, Runnable changed) {
    this.book = book;
    this.keys = keys;
    this.changed = changed;
  }

  /**
   * @param store keeps them
   * @param trail remembers who issued, replaced and revoked them
   */
  public List<Door> doors(Store store, Trail trail) {
    return List.of(
        new Door(
            "POST",
            "/v1/keys",
            Role.ADMINS,
            KEY_BYTES,
            "Issues a key; the answer is the only place where it is ever shown.",
            trail.recordingAll("key.issue", store.guarding(this::issue))),
        new Door(
            "GET",
            "/v1/keys",
            Role.ADMINS,
            0,
            "Lists keys, issued ones and those of the key file, without what opens.",
            store.guarding(this::list)),
        new Door(
            "GET",
            "/v1/keys/*",
            Role.ADMINS,
            0,
            "Shows a key without what opens.",
            store.guarding(this::find)),
        new Door(
            "POST",
            "/v1/keys/*",
            Role.ADMINS,
            KEY_BYTES,
            "Issues another key of the same id (…/rotate); the old one opens a while longer.",
            trail.recordingAll("key.rotate", store.guarding(this::rotate))),
        new Door(
            "DELETE",
            "/v1/keys/*",
            Role.ADMINS,
            0,
            "Revokes a key: within seconds it opens nothing at any router.",
            trail.recording("key.revoke", store.guarding(this::revoke))));
  }

  /** {@code POST /v1/keys}. */
  public void issue(Visit visit) {
    try {
      Draft draft = DraftReader.read(Json.parseObject(visit.body()), Instant.now());
      Told told = book.issue(draft, visit.caller().key());
      changed.run();
      visit.setHeader("location", BELOW + told.id());
      tell(visit, 201, told);
    } catch (NotJson e) {
      visit.send(ApiError.invalid("invalid_json", String.valueOf(e.getMessage()), null));
    } catch (BadDraft e) {
      visit.send(e.error());
    }
  }

  /** {@code GET /v1/keys}: the issued ones page by page, and before the first those of the file. */
  public void list(Visit visit) {
    var query = visit.request().query();
    String limit = query.first("limit").orElse("100");
    if (!limit.matches("[1-9][0-9]{0,2}|1000")) {
      visit.send(
          ApiError.invalid(
              "invalid_limit", "'limit' must be a whole number from 1 to 1000.", "limit"));
      return;
    }
    String team = query.first("team").orElse(null);
    String after = query.first("after").orElse(null);
    int most = Integer.parseInt(limit);
    ObjectNode list = Json.object().put("object", "list");
    ArrayNode data = list.putArray("data");
    if (after == null) {
      keys.written().stream()
          .filter(key -> team == null || key.known().caller().team().equals(team))
          .forEach(key -> data.add(written(key)));
    }
    List<ObjectNode> issued = book.list(team, after, most + 1);
    issued.stream().limit(most).forEach(data::add);
    list.put("first_id", data.path(0).path("id").asText(null));
    list.put("last_id", data.path(data.size() - 1).path("id").asText(null));
    visit.send(200, list.put("has_more", issued.size() > most));
  }

  /** {@code GET /v1/keys/{id}}. */
  public void find(Visit visit) {
    String id = below(visit);
    Optional<ObjectNode> found = fromFile(id).map(KeysRoute::written);
    if (found.isEmpty()) {
      found = book.find(id);
    }
    found.ifPresentOrElse(key -> visit.send(200, key), () -> visit.send(unknown()));
  }

  /** {@code POST /v1/keys/{id}/rotate}. */
  public void rotate(Visit visit) {
    String below = below(visit);
    if (!below.endsWith(ROTATE)) {
      visit.send(
          new ApiError(
              404,
              ApiError.INVALID_REQUEST,
              "unknown_path",
              "Below a key there is " + ROTATE + ".",
              null,
              "router"));
      return;
    }
    String id = below.substring(0, below.length() - ROTATE.length());
    try {
      ObjectNode body = visit.body().length == 0 ? Json.object() : Json.parseObject(visit.body());
      if (fromFile(id).isPresent()) {
        visit.send(ofTheFile());
        return;
      }
      var replacement = book.replace(id, DraftReader.overlap(body));
      if (replacement.told() == null) {
        visit.send(refusal(replacement.change()));
      } else {
        changed.run();
        tell(visit, 200, replacement.told());
      }
    } catch (NotJson e) {
      visit.send(ApiError.invalid("invalid_json", String.valueOf(e.getMessage()), null));
    } catch (BadDraft e) {
      visit.send(e.error());
    }
  }

  /** {@code DELETE /v1/keys/{id}}; the same again changes nothing. */
  public void revoke(Visit visit) {
    String id = below(visit);
    if (fromFile(id).isPresent()) {
      visit.send(ofTheFile());
      return;
    }
    Change change = book.revoke(id);
    if (change == Change.UNKNOWN) {
      visit.send(unknown());
      return;
    }
    changed.run();
    visit.send(200, shown(id));
  }

  private void tell(Visit visit, int status, Told told) {
    ObjectNode key = shown(told.id());
    // Nobody between us and the administrator keeps it.
    visit.setHeader("cache-control", "no-store");
    visit.send(status, key.put("key", told.key()));
  }

  private ObjectNode shown(String id) {
    return book.find(id).orElseThrow(() -> new IllegalStateException("key " + id + " is gone"));
  }

  private Optional<KeyEntry> fromFile(String id) {
    return keys.written().stream().filter(key -> key.known().caller().key().equals(id)).findFirst();
  }

  private static ObjectNode written(KeyEntry key) {
    var caller = key.known().caller();
    var policy = key.known().policy();
    ObjectNode json = Json.object().put("id", caller.key()).put("object", "key");
    json.put("source", "file");
    json.put("status", key.expires().isAfter(Instant.now()) ? "active" : "expired");
    json.put("team", caller.team()).put("project", caller.project());
    ArrayNode roles = json.putArray("roles");
    caller.roles().stream().sorted().forEach(roles::add);
    ArrayNode models = json.putArray("models");
    caller.models().forEach(models::add);
    json.put("rpm", policy.requestsPerMinute()).put("tpm", policy.tokensPerMinute());
    json.put("only_project", policy.onlyProject());
    return json.put("expires_at", moment(key.expires()));
  }

  private static @Nullable String moment(Instant expires) {
    return Objects.equals(expires, Instant.MAX) ? null : expires.toString();
  }

  private static String below(Visit visit) {
    return visit.path().substring(BELOW.length());
  }

  private static ApiError refusal(Change change) {
    return change == Change.UNKNOWN
        ? unknown()
        : new ApiError(
            409,
            "conflict",
            "key_revoked",
            "This key was revoked and stays so; issue another one.",
            null,
            "router");
  }

  private static ApiError unknown() {
    return new ApiError(
        404,
        ApiError.INVALID_REQUEST,
        "key_not_found",
        "There is no key of that id; GET /v1/keys lists them.",
        null,
        "router");
  }

  private static ApiError ofTheFile() {
    return new ApiError(
        409,
        "conflict",
        "key_is_in_the_file",
        "This key stands in the key file; change it there, routers take it over within seconds.",
        null,
        "router");
  }
}
