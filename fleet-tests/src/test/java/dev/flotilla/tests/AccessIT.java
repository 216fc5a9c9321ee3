package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.ADMIN_KEY;
import static dev.flotilla.tests.FleetUnderTest.EXPIRED_KEY;
import static dev.flotilla.tests.FleetUnderTest.JSON;
import static dev.flotilla.tests.FleetUnderTest.KEY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.supervision.Service;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who may come in where, for every operation of the API and every kind of credential. */
@ExtendWith(SharedFleet.class)
class AccessIT {
  private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");
  private static final List<String> ROLES =
      List.of("caller", "viewer", "reviewer", "operator", "admin");

  private final FleetUnderTest fleet;

  AccessIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  private record Operation(String method, String path) {}

  @Test
  void every_operation_has_a_rule_and_every_role_is_held_to_it() throws Exception {
    Map<Operation, Set<String>> rules = rules();
    JsonNode paths = fleet.get(KEY, "/openapi?format=JSON").path("paths");
    assertEquals(
        rules, documented(paths), "access.txt is what the API's description says of roles");

    Map<String, String> keys = keyOfEachRole();
    var wrong = new ArrayList<String>();
    for (var rule : rules.entrySet()) {
      Operation operation = rule.getKey();
      expect(operation, "nobody", null, Set.of(401), wrong);
      expect(operation, "an unknown key", "sk-nobody-has-this", Set.of(401), wrong);
      expect(operation, "an expired key", EXPIRED_KEY, Set.of(401), wrong);
      for (String role : ROLES) {
        int status = ask(operation, keys.get(role)).statusCode();
        boolean admitted = status != 401 && status != 403;
        if (admitted != rule.getValue().contains(role) || status == 500) {
          wrong.add(operation + " as " + role + ": " + status);
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  /** What is before the doors of other services, whoever comes without the fleet's token. */
  @Test
  void behind_the_router_nobody_is_heard_without_the_services_token() throws Exception {
    var wrong = new ArrayList<String>();
    int asked = 0;
    for (Service service : List.of(Service.COST, Service.REVIEW)) {
      JsonNode paths =
          json(send(get(fleet.fleet.url(service), "/openapi?format=JSON", null))).path("paths");
      for (Operation operation : documented(paths).keySet()) {
        asked += refused(fleet.fleet.url(service), operation, wrong);
      }
    }
    // Of these the services' descriptions know nothing; ArchitectureRules holds every such class to
    // the token.
    for (Operation operation :
        List.of(
            new Operation("POST", "/v1/chat/completions"),
            new Operation("POST", "/v1/embeddings"),
            new Operation("GET", "/v1/circuits"))) {
      asked += refused(fleet.fleet.url(Service.PROVIDER), operation, wrong);
    }
    asked += refused(fleet.fleet.url(), new Operation("POST", "/internal/runs/run_1/wake"), wrong);
    assertEquals(List.of(), wrong);
    assertTrue(asked > 60, "only " + asked + " were asked");
  }

  private int refused(URI service, Operation operation, List<String> wrong) {
    for (String token : new String[] {null, KEY, ADMIN_KEY, "", "null"}) {
      HttpResponse<String> answer = ask(service, operation, token);
      // 404: a reviewer has no door for verifications, and says so before it asks who is there.
      boolean isElsewhere =
          answer.statusCode() == 404 && operation.path().contains("verifications");
      if (answer.statusCode() != 401 && !isElsewhere) {
        wrong.add(operation + " with " + token + ": " + answer.statusCode());
      }
    }
    return 5;
  }

  /** Nothing that is passed on leads to where the router has no door. */
  @Test
  void a_path_does_not_lead_out_of_what_is_below_its_door() {
    var wrong = new ArrayList<String>();
    for (String before : List.of("/v1/costs/", "/v1/budgets/", "/v1/requests/", "/v1/reviews/")) {
      for (String up :
          List.of(
              "../",
              "%2e%2e/",
              "%2E%2E%2F",
              "..%2f",
              "x/../../",
              "x/%2e%2e/%2e%2e/",
              "..;/",
              "..;x=y/",
              ";/../",
              ".%2e/",
              "%252e%252e/",
              "..\\",
              "..%5c",
              "//",
              "%00/../")) {
        for (String target :
            List.of(
                "leases/coverage?team=other",
                "ledger/audits",
                "ledger/entries",
                "../internal/verifications",
                "prices/versions")) {
          String path = before + up + target;
          String request =
              "GET %s HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer %s\r\n\r\n"
                  .formatted(path, KEY);
          Wire.Answer answer = Wire.send(fleet.fleet.url(), request.getBytes(UTF_8), false);
          if (answer.status() < 400 && !target.startsWith("prices")) {
            wrong.add(path + " answered " + answer.status() + ": " + answer.body());
          }
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  private Map<String, String> keyOfEachRole() throws IOException {
    var keys = new LinkedHashMap<String, String>();
    for (String role : ROLES) {
      HttpResponse<String> issued =
          fleet.post(
              ADMIN_KEY, "/v1/keys", "{\"team\":\"matrix\",\"roles\":[\"%s\"]}".formatted(role));
      assertEquals(201, issued.statusCode(), issued.body());
      keys.put(role, JSON.readTree(issued.body()).path("key").asText());
    }
    return keys;
  }

  private void expect(
      Operation operation,
      String who,
      @Nullable String key,
      Set<Integer> statuses,
      List<String> wrong) {
    int status = ask(operation, key).statusCode();
    if (!statuses.contains(status)) {
      wrong.add(operation + " as " + who + ": " + status);
    }
  }

  private HttpResponse<String> ask(Operation operation, @Nullable String key) {
    return ask(fleet.fleet.url(), operation, key);
  }

  private HttpResponse<String> ask(URI service, Operation operation, @Nullable String key) {
    String path = operation.path().replaceAll("\\{[a-z]+}", "nothing-of-that-name");
    var request =
        get(service, path, key)
            .method(
                operation.method(),
                WITH_BODY.contains(operation.method())
                    ? HttpRequest.BodyPublishers.ofString("{}")
                    : HttpRequest.BodyPublishers.noBody())
            .header("content-type", "application/json");
    return send(request);
  }

  private static HttpRequest.Builder get(URI service, String path, @Nullable String key) {
    var request = HttpRequest.newBuilder(service.resolve(path)).timeout(Duration.ofSeconds(60));
    return key == null ? request : request.header("authorization", "Bearer " + key);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return fleet.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode json(HttpResponse<String> answer) throws IOException {
    assertEquals(200, answer.statusCode(), answer.body());
    return JSON.readTree(answer.body());
  }

  private static Map<Operation, Set<String>> documented(JsonNode paths) {
    var found = new LinkedHashMap<Operation, Set<String>>();
    for (var path : paths.properties()) {
      for (var method : path.getValue().properties()) {
        if (method.getValue().isObject()) {
          String roles = method.getValue().path("x-roles").asText();
          found.put(
              new Operation(method.getKey().toUpperCase(Locale.ROOT), path.getKey()),
              new TreeSet<>(List.of(roles.split(","))));
        }
      }
    }
    assertFalse(found.isEmpty());
    return found;
  }

  private static Map<Operation, Set<String>> rules() throws IOException {
    var rules = new TreeMap<String, Map.Entry<Operation, Set<String>>>();
    try (var in = AccessIT.class.getResourceAsStream("access.txt")) {
      for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
        if (!line.startsWith("#") && !line.isBlank()) {
          String[] words = line.strip().split("\\s+");
          var roles = new TreeSet<>(List.of(words).subList(2, words.length));
          rules.put(line, Map.entry(new Operation(words[0], words[1]), roles));
        }
      }
    }
    var found = new LinkedHashMap<Operation, Set<String>>();
    rules.values().forEach(rule -> found.put(rule.getKey(), rule.getValue()));
    return found;
  }
}
