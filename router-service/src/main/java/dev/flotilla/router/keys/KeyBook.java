package dev.flotilla.router.keys;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import dev.flotilla.kit.hash.Sha256;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.door.ApiKeys.KnownKey;
import dev.flotilla.router.door.KeyEntry;
import dev.flotilla.router.door.KeyPolicy;
import dev.flotilla.router.door.KeyText;
import dev.flotilla.router.exchange.BadHint;
import dev.flotilla.router.exchange.HintsReader;
import dev.flotilla.router.store.Store;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The issued keys of this installation, in PostgreSQL. Every method throws {@link
 * dev.flotilla.router.store.NoStore} without it. Thread-safe.
 */
final class KeyBook {
  private static final System.Logger LOG = System.getLogger(KeyBook.class.getName());

  private static final String ISSUED =
      """
      insert into api_key (id, name, team, project, roles, models, rpm, tpm, only_project, route, created_by, expires_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  private static final String OPENS =
      "insert into api_key_secret (sha256, key_id, hint) values (?, ?, ?)";

  private static final String GOES_SOON =
      """
      update api_key_secret set expires_at = least(expires_at, now() + ?::interval)
      where key_id = ?""";

  private static final String REVOKED =
      "update api_key set revoked_at = coalesce(revoked_at, now()) where id = ?";

  private static final String FOR_CHANGE = "select revoked_at from api_key where id = ? for update";

  private static final String CHANGED = "update api_key_version set version = version + 1";

  private static final String VERSION = "select version from api_key_version";

  private static final String CURRENT =
      """
      select k.*, s.sha256, least(k.expires_at, s.expires_at) as ends_at from api_key_secret s
      join api_key k on k.id = s.key_id
      where k.revoked_at is null
        and coalesce(least(k.expires_at, s.expires_at) > now(), true)""";

  private static final String SHOWN =
      """
      select k.*, (select json_agg(json_build_object('hint', s.hint, 'created_at', s.created_at, 'expires_at', s.expires_at)
          order by s.number desc) from api_key_secret s where s.key_id = k.id) as secrets
      from api_key k
      where (?::text is null or k.id = ?) and (?::text is null or k.team = ?)
        and (?::text is null or k.number < (select number from api_key where id = ?))
      order by k.number desc limit ?""";

  private final Store store;
  private final SecureRandom random = new SecureRandom();

  KeyBook(Store store) {
    this.store = store;
  }

  /**
   * What a key's owner is told, once.
   *
   * @param key as it was issued; nobody can be told again
   */
  record Told(String id, String key) {}

  /** The change of a key that is there. */
  enum Change {
    DONE,
    /** There is no such key among the issued ones. */
    UNKNOWN,
    /** It was revoked before. */
    REVOKED
  }

  /**
   * @param by id of the key of whoever asked for it
   */
  Told issue(Draft draft, String by) {
    var told = new Told("key_" + UlidCreator.getMonotonicUlid(), KeyText.fresh(random));
    store.inTransaction(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(ISSUED)) {
            statement.setString(1, told.id());
            statement.setString(2, draft.name());
            statement.setString(3, draft.team());
            statement.setString(4, draft.project());
            statement.setArray(5, words(connection, draft.roles().stream().sorted().toList()));
            statement.setArray(6, words(connection, draft.models()));
            statement.setObject(7, draft.requestsPerMinute());
            statement.setObject(8, draft.tokensPerMinute());
            statement.setBoolean(9, draft.onlyProject());
            statement.setString(10, draft.route());
            statement.setString(11, by);
            statement.setTimestamp(
                12, draft.expires() == null ? null : Timestamp.from(draft.expires()));
            statement.executeUpdate();
          }
          run(connection, OPENS, Sha256.hex(told.key()), told.id(), KeyText.hint(told.key()));
          return run(connection, CHANGED);
        });
    return told;
  }

  /**
   * Issues another key of the same id, so that its limits, budgets and past stay what they are.
   *
   * @param overlap how long what opened until now still does
   */
  Replacement replace(String id, Duration overlap) {
    var told = new Told(id, KeyText.fresh(random));
    Change change =
        store.inTransaction(
            connection -> {
              Change may = mayChange(connection, id);
              if (may == Change.DONE) {
                run(connection, GOES_SOON, overlap.toString(), id);
                run(connection, OPENS, Sha256.hex(told.key()), id, KeyText.hint(told.key()));
                run(connection, CHANGED);
              }
              return may;
            });
    return new Replacement(change, change == Change.DONE ? told : null);
  }

  /**
   * @param told null when nothing was changed
   */
  record Replacement(Change change, @Nullable Told told) {}

  /** From the next look of each router on it opens nothing; again for one that was revoked. */
  Change revoke(String id) {
    return store.inTransaction(
        connection -> {
          Change may = mayChange(connection, id);
          if (may == Change.DONE) {
            run(connection, REVOKED, id);
            run(connection, CHANGED);
          }
          return may;
        });
  }

  private static Change mayChange(Connection connection, String id) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(FOR_CHANGE)) {
      statement.setString(1, id);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return Change.UNKNOWN;
        }
        return row.getTimestamp(1) == null ? Change.DONE : Change.REVOKED;
      }
    }
  }

  /** Another one after each change. */
  long version() {
    return store.inOneStatement(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(VERSION);
              ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
          }
        });
  }

  /** Those that open now. */
  List<KeyEntry> current() {
    return store.inOneStatement(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(CURRENT);
              ResultSet rows = statement.executeQuery()) {
            var keys = new ArrayList<KeyEntry>();
            while (rows.next()) {
              entry(rows).ifPresent(keys::add);
            }
            return List.copyOf(keys);
          }
        });
  }

  private static Optional<KeyEntry> entry(ResultSet row) throws SQLException {
    String id = row.getString("id");
    String route = row.getString("route");
    try {
      JsonNode hints = route == null ? MissingNode.getInstance() : Json.parse(route);
      var policy =
          new KeyPolicy(
              number(row, "rpm"),
              number(row, "tpm"),
              row.getBoolean("only_project"),
              HintsReader.route(hints, "route"));
      var caller =
          new Caller(
              row.getString("team"),
              id,
              row.getString("project"),
              Set.copyOf(words(row, "roles")),
              words(row, "models"));
      Timestamp ends = row.getTimestamp("ends_at");
      return Optional.of(
          new KeyEntry(
              row.getString("sha256"),
              new KnownKey(caller, policy),
              ends == null ? Instant.MAX : ends.toInstant()));
    } catch (NotJson | BadHint e) {
      // Of a later version, which knows more hints. Without its hints it would mean something else.
      LOG.log(Level.WARNING, "key {0} opens nothing here: {1}", id, e.getMessage());
      return Optional.empty();
    }
  }

  Optional<ObjectNode> find(String id) {
    return shown(id, null, null, 1).stream().findFirst();
  }

  /**
   * Newest first.
   *
   * @param team whose keys; null for all
   * @param after id of the last one that is known; null for none
   */
  List<ObjectNode> list(@Nullable String team, @Nullable String after, int most) {
    return shown(null, team, after, most);
  }

  private List<ObjectNode> shown(
      @Nullable String id, @Nullable String team, @Nullable String after, int most) {
    return store.page(SHOWN, KeyBook::json, most, id, team, after);
  }

  private static ObjectNode json(ResultSet row) throws SQLException {
    Timestamp revoked = row.getTimestamp("revoked_at");
    Timestamp expires = row.getTimestamp("expires_at");
    ObjectNode json = Json.object().put("id", row.getString("id")).put("object", "key");
    json.put("source", "issued").put("status", status(revoked, expires));
    json.put("name", row.getString("name")).put("team", row.getString("team"));
    json.put("project", row.getString("project"));
    ArrayNode roles = json.putArray("roles");
    words(row, "roles").forEach(roles::add);
    ArrayNode models = json.putArray("models");
    words(row, "models").forEach(models::add);
    json.put("rpm", number(row, "rpm")).put("tpm", number(row, "tpm"));
    json.put("only_project", row.getBoolean("only_project"));
    try {
      String route = row.getString("route");
      json.set("route", route == null ? null : Json.parse(route));
      ArrayNode secrets = json.putArray("secrets");
      for (JsonNode secret :
          Json.parse(Objects.requireNonNullElse(row.getString("secrets"), "[]"))) {
        secrets
            .addObject()
            .put("hint", secret.path("hint").asText())
            .put("created_at", moment(secret.path("created_at").asText(null)))
            .put("expires_at", moment(secret.path("expires_at").asText(null)));
      }
    } catch (NotJson e) {
      throw new IllegalStateException("PostgreSQL gave no JSON", e);
    }
    json.put("created_by", row.getString("created_by"));
    json.put("created_at", row.getTimestamp("created_at").toInstant().toString());
    json.put("expires_at", expires == null ? null : expires.toInstant().toString());
    return json.put("revoked_at", revoked == null ? null : revoked.toInstant().toString());
  }

  private static @Nullable String moment(@Nullable String postgres) {
    return postgres == null ? null : OffsetDateTime.parse(postgres).toInstant().toString();
  }

  private static String status(@Nullable Timestamp revoked, @Nullable Timestamp expires) {
    if (revoked != null) {
      return "revoked";
    }
    return expires != null && !expires.toInstant().isAfter(Instant.now()) ? "expired" : "active";
  }

  private static Array words(Connection connection, List<String> words) throws SQLException {
    return connection.createArrayOf("text", words.toArray());
  }

  private static List<String> words(ResultSet row, String column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }

  private static @Nullable Long number(ResultSet row, String column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? null : number;
  }

  private static int run(Connection connection, String sql, String... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      return statement.executeUpdate();
    }
  }
}
