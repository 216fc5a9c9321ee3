package dev.flotilla.router.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.hash.Sha256;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.postgres.DatabaseConfig;
import dev.flotilla.router.OpenDoors;
import dev.flotilla.router.Porters;
import dev.flotilla.router.door.ApiKeys;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.KeyFile;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.store.Store;
import dev.flotilla.router.trail.Trail;
import dev.flotilla.testkit.RealPostgres;
import dev.flotilla.testkit.TcpGate;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Two routers at one database: one where administrators ask, and one that must learn of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeysIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private RealPostgres.Access access;
  private TcpGate gate;
  private Store store;
  private Store otherStore;
  private ApiKeys keys;
  private ApiKeys otherKeys;
  private KeyWatch watch;
  private KeyWatch otherWatch;
  private Trail trail;
  private OpenDoors doors;

  @BeforeAll
  void start() throws Exception {
    access = RealPostgres.freshDatabase();
    gate = TcpGate.to(access.host(), access.port());
    store = store(access.through(gate.port()));
    otherStore = store(access);
    Path file =
        Files.writeString(
            folder.resolve("keys.yaml"),
            "- {id: k_file, sha256: %s, team: growth}\n".formatted(Sha256.hex("sk-file")));
    keys = ApiKeys.read(file, Clock.systemUTC());
    otherKeys = ApiKeys.read(file, Clock.systemUTC());
    var looks = Duration.ofMillis(100);
    watch = KeyWatch.start(new KeyFile(file, keys), keys, store, looks, Porters.METRICS);
    otherWatch =
        KeyWatch.start(new KeyFile(file, otherKeys), otherKeys, otherStore, looks, Porters.METRICS);
    trail = Trail.open(store, Porters.METRICS);
    KeysRoute route = watch.route();
    Set<Role> callers = Set.of(Role.CALLER);
    doors =
        OpenDoors.open(
            Porters.everybody(),
            new Door(
                "POST",
                "/v1/keys",
                callers,
                10_000,
                "",
                trail.recordingAll("key.issue", store.guarding(route::issue))),
            new Door("GET", "/v1/keys", callers, 0, "", store.guarding(route::list)),
            new Door("GET", "/v1/keys/*", callers, 0, "", store.guarding(route::find)),
            new Door(
                "POST",
                "/v1/keys/*",
                callers,
                10_000,
                "",
                trail.recordingAll("key.rotate", store.guarding(route::rotate))),
            new Door(
                "DELETE",
                "/v1/keys/*",
                callers,
                0,
                "",
                trail.recording("key.revoke", store.guarding(route::revoke))),
            new Door("GET", "/v1/audit", callers, 0, "", store.guarding(trail.route()::list)));
  }

  @AfterAll
  void stop() throws Exception {
    doors.close();
    trail.close();
    watch.close();
    otherWatch.close();
    store.close();
    otherStore.close();
    gate.close();
    http.close();
  }

  @Test
  void a_key_is_shown_once_kept_as_a_hash_and_learned_by_the_other_router() throws Exception {
    JsonNode issued =
        issue(
            "{\"team\":\"growth\",\"project\":\"search\",\"roles\":[\"caller\",\"viewer\"],\"models\":[\"alpha/*\"],"
                + "\"rpm\":7,\"route\":{\"task_type\":\"bulk\"},\"name\":\"Search, nightly\"}");
    String key = issued.path("key").asText();
    String id = issued.path("id").asText();
    var known = keys.whoHas(key).orElseThrow();
    assertEquals(id, known.caller().key());
    assertEquals("search", known.caller().project());
    assertEquals(Set.of("caller", "viewer"), known.caller().roles());
    assertTrue(known.caller().mayUse("alpha/m"));
    assertFalse(known.caller().mayUse("beta/m"));
    assertEquals(7, known.policy().requestsPerMinute());
    await("the other router knows it", () -> otherKeys.whoHas(key).isPresent());
    assertEquals(known, otherKeys.whoHas(key).orElseThrow());
    assertFalse(get("/v1/keys").contains(key));
    JsonNode shown = Json.parse(get("/v1/keys/" + id));
    assertEquals(key.substring(0, 10) + "…", shown.path("secrets").path(0).path("hint").asText());
    assertEquals("active", shown.path("status").asText());
    assertFalse(wholeDatabase().contains(key.substring(11)));
    assertTrue(wholeDatabase().contains(Sha256.hex(key)));
  }

  @Test
  void while_a_key_is_replaced_both_open_and_a_revoked_one_opens_nothing() throws Exception {
    JsonNode issued = issue("{\"team\":\"growth\"}");
    String old = issued.path("key").asText();
    String id = issued.path("id").asText();
    JsonNode second = Json.parse(post("/v1/keys/" + id + "/rotate", "", 200));
    String next = second.path("key").asText();
    assertEquals(id, second.path("id").asText());
    assertEquals(id, keys.whoHas(old).orElseThrow().caller().key());
    assertEquals(id, keys.whoHas(next).orElseThrow().caller().key());
    // Without overlap what opened until now is closed at once.
    JsonNode third = Json.parse(post("/v1/keys/" + id + "/rotate", "{\"overlap_seconds\":0}", 200));
    String last = third.path("key").asText();
    await("only the last one opens", () -> keys.whoHas(old).isEmpty());
    assertTrue(keys.whoHas(next).isEmpty());
    await("the other router knows", () -> otherKeys.whoHas(next).isEmpty());
    await("the other router knows the last", () -> otherKeys.whoHas(last).isPresent());
    assertTrue(keys.policyOf(id).isPresent());
    assertEquals(200, delete("/v1/keys/" + id));
    assertTrue(keys.whoHas(last).isEmpty());
    await("the other router knows of the end", () -> otherKeys.whoHas(last).isEmpty());
    assertEquals(200, delete("/v1/keys/" + id), "again changes nothing");
    assertTrue(post("/v1/keys/" + id + "/rotate", "", 409).contains("key_revoked"));
    assertTrue(keys.policyOf(id).isEmpty());
  }

  @Test
  void what_cannot_be_issued_is_refused_with_its_field() throws Exception {
    for (String[] wrong :
        new String[][] {
          {"{}", "team"},
          {"{\"team\":\"a b\"}", "team"},
          {"{\"team\":\"a\\r\\nx: y\"}", "team"},
          {"{\"team\":\"a,b\"}", "team"},
          {"{\"team\":\"a\",\"roles\":[\"king\"]}", "roles"},
          {"{\"team\":\"a\",\"roles\":[]}", "roles"},
          {"{\"team\":\"a\",\"roles\":\"admin\"}", "roles"},
          {"{\"team\":\"a\",\"models\":[\"a,b\"]}", "models"},
          {"{\"team\":\"a\",\"rpm\":0}", "rpm"},
          {"{\"team\":\"a\",\"tpm\":1.5}", "tpm"},
          {"{\"team\":\"a\",\"expires_at\":\"2020-01-01T00:00:00Z\"}", "expires_at"},
          {"{\"team\":\"a\",\"expires_at\":\"soon\"}", "expires_at"},
          {"{\"team\":\"a\",\"only_project\":true}", "only_project"},
          {"{\"team\":\"a\",\"route\":{\"task_type\":\"king\"}}", "route"},
          {"{\"team\":\"a\",\"key\":\"sk-mine\"}", "fields"},
          {"{\"team\":\"a\",\"sha256\":\"00\"}", "fields"},
          {"[]", "object"}
        }) {
      String said = post("/v1/keys", wrong[0], 400);
      assertTrue(said.contains(wrong[1]), wrong[0] + ": " + said);
      assertFalse(said.contains("sk-mine"));
    }
    assertTrue(post("/v1/keys/key_nobody/rotate", "", 404).contains("key_not_found"));
    assertTrue(post("/v1/keys/k_file/rotate", "", 409).contains("key_is_in_the_file"));
    assertEquals(409, delete("/v1/keys/k_file"));
    assertEquals(404, delete("/v1/keys/key_nobody"));
    assertTrue(get("/v1/keys").contains("\"k_file\""));
  }

  @Test
  void a_key_ends_when_it_expires() throws Exception {
    String soon = Clock.systemUTC().instant().plusSeconds(2).toString();
    String key = issue("{\"team\":\"a\",\"expires_at\":\"" + soon + "\"}").path("key").asText();
    await("it expires", () -> keys.whoHas(key).isEmpty());
  }

  @Test
  void what_was_done_is_on_record_and_nobody_changes_that() throws Exception {
    JsonNode issued = issue("{\"team\":\"recorded\"}");
    String id = issued.path("id").asText();
    JsonNode event = Json.parse(get("/v1/audit?limit=1")).path("data").path(0);
    assertEquals("key.issue", event.path("action").asText());
    assertEquals("/v1/keys/" + id, event.path("target").asText());
    assertEquals(201, event.path("status").asInt());
    assertEquals("k_growth", event.path("key").asText());
    assertEquals("127.0.0.1", event.path("address").asText());
    assertEquals("{\"team\":\"recorded\"}", event.path("body").asText());
    assertTrue(event.path("request_id").asText().startsWith("req_"));
    post("/v1/keys", "{}", 400);
    JsonNode failed = Json.parse(get("/v1/audit?action=key.issue&limit=1")).path("data").path(0);
    assertEquals(400, failed.path("status").asInt(), "what was refused is there too");
    try (Connection connection = access.connect()) {
      for (String change :
          new String[] {
            "update router.admin_action set key_id = 'k_other'",
            "delete from router.admin_action",
            "truncate router.admin_action"
          }) {
        assertThrows(SQLException.class, () -> connection.createStatement().execute(change));
      }
    }
  }

  @Test
  void while_the_database_is_away_known_keys_open_and_what_was_done_is_kept() throws Exception {
    String key = issue("{\"team\":\"growth\"}").path("key").asText();
    var notYet = ApiKeys.read(folder.resolve("keys.yaml"), Clock.systemUTC());
    gate.shut();
    try {
      assertTrue(post("/v1/keys", "{\"team\":\"lost\"}", 503).contains("database_away"));
      assertTrue(keys.whoHas(key).isPresent());
    } finally {
      gate.open();
    }
    assertTrue(notYet.whoHas("sk-file").isPresent());
    awaitAudit("\"status\":503");
  }

  private void awaitAudit(String part) throws Exception {
    await(
        part + " is on record",
        () -> {
          HttpResponse<String> answer = send(request("/v1/audit").build());
          return answer.statusCode() == 200 && answer.body().contains(part);
        });
  }

  private static Store store(RealPostgres.Access to) {
    Store opened =
        Store.of(new DatabaseConfig("router", to.jdbcUrl(), to.user(), to.password(), 4));
    assertTrue(opened.database().orElseThrow().awaitMigrated(PATIENCE));
    return opened;
  }

  private String wholeDatabase() throws SQLException {
    var all = new StringBuilder();
    try (Connection connection = access.connect()) {
      for (String table : new String[] {"api_key", "api_key_secret", "admin_action"}) {
        try (ResultSet rows =
            connection
                .createStatement()
                .executeQuery("select t::text from router." + table + " t")) {
          while (rows.next()) {
            all.append(rows.getString(1)).append('\n');
          }
        }
      }
    }
    return all.toString();
  }

  private static void await(String what, BooleanSupplier holds) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, what);
      Thread.sleep(20);
    }
  }

  private JsonNode issue(String body) throws Exception {
    return Json.parse(post("/v1/keys", body, 201));
  }

  private String post(String path, String body, int status) {
    HttpResponse<String> answer = doors.post(path, OpenDoors.KEY, body);
    assertEquals(status, answer.statusCode(), answer.body());
    return answer.body();
  }

  private String get(String path) {
    HttpResponse<String> answer = send(request(path).build());
    assertEquals(200, answer.statusCode(), answer.body());
    return answer.body();
  }

  private int delete(String path) {
    return send(request(path).DELETE().build()).statusCode();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(doors.url().resolve(path))
        .timeout(PATIENCE)
        .header("authorization", "Bearer " + OpenDoors.KEY);
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
