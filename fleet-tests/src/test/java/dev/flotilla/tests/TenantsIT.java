package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.JSON;
import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.OTHER_KEY;
import static dev.flotilla.tests.FleetUnderTest.OTHER_REVIEWER_KEY;
import static dev.flotilla.tests.FleetUnderTest.REVIEWER_KEY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is a team's own is found by no other one, by whatever name it is asked for. */
@ExtendWith(SharedFleet.class)
class TenantsIT {
  /** Of these only what is everybody's is shown. */
  private static final List<String> EVERYBODYS =
      List.of("/v1/models", "/models", "/v1/prices", "/v1/review-policies");

  private final FleetUnderTest fleet;
  private final String mark = "growthonly" + UUID.randomUUID().toString().substring(0, 8);

  TenantsIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void no_readable_operation_shows_another_teams_data() throws Exception {
    Map<String, String> ids = thingsOfGrowth();
    List<String> paths = paths(ids);
    assertTrue(paths.size() > 150, "only " + paths.size());
    var shown = new ArrayList<String>();
    int ownHits = 0;
    for (String path : paths) {
      for (String key : List.of(OTHER_KEY, OTHER_REVIEWER_KEY)) {
        HttpResponse<String> answer = get(key, path);
        if (answer.statusCode() == 500 || leaks(answer.body(), ids, path)) {
          shown.add(path + " answered " + answer.statusCode() + ": " + cut(answer.body()));
        }
      }
      if (leaks(get(KEY, path).body(), ids, path)
          || leaks(get(REVIEWER_KEY, path).body(), ids, path)) {
        ownHits++;
      }
    }
    assertEquals(List.of(), shown);
    // Or the test would look for what nobody is ever shown.
    assertTrue(ownHits >= 12, "growth itself was shown its own in " + ownHits + " places only");
  }

  @Test
  void nobody_changes_what_is_another_teams() throws Exception {
    Map<String, String> ids = thingsOfGrowth();
    String review = ids.get("review");
    for (String[] change :
        new String[][] {
          {OTHER_KEY, "/v1/batches/" + ids.get("batch") + "/cancel", ""},
          {OTHER_REVIEWER_KEY, "/v1/reviews/" + review + "/claim", ""},
          {OTHER_REVIEWER_KEY, "/v1/reviews/" + review + "/decision", "{\"decision\":\"approve\"}"},
          {
            OTHER_KEY,
            "/v1/feedback",
            "{\"request_id\":\"" + ids.get("request") + "\",\"label\":\"bad\"}"
          }
        }) {
      HttpResponse<String> answer = fleet.post(change[0], change[1], change[2]);
      assertEquals(404, answer.statusCode(), change[1] + ": " + answer.body());
    }
  }

  /** A request, a batch and a review, each with its id and the mark in what was said. */
  private Map<String, String> thingsOfGrowth() throws Exception {
    String request = mark + "-request-" + UUID.randomUUID();
    String body =
        "{\"model\":\"auto\",\"metadata\":{\"feature\":\"%s\"},\"messages\":[{\"role\":\"user\",\"content\":\"%s %s\"}]}"
            .formatted(mark, mark, request);
    HttpResponse<String> asked = fleet.chat(KEY, body, "x-request-id", request);
    assertEquals(200, asked.statusCode(), asked.body());
    fleet.awaitRows("request_id = '" + request + "' and state = 'settled'", 1);
    fleet.awaitRows("cost.decision", "request_id = '" + request + "'", 1);
    JsonNode batch =
        created(
            "/v1/batches",
            "{\"endpoint\":\"/v1/chat/completions\",\"metadata\":{\"m\":\"%s\"},\"requests\":[{\"custom_id\":\"%s\",\"body\":%s}]}"
                .formatted(mark, mark, body));
    JsonNode review =
        created(
            "/v1/reviews",
            """
            {"artifact": {"type": "text", "content": "%s"}, "task": "Judge %s.", "plan": ["is short"],
             "author_models": ["alpha/m"], "policy": "two-of-three",
             "reviewers": ["sim-north/flagship", "sim-south/flagship", "sim-east/flagship"]}"""
                .formatted(mark, mark));
    return Map.of(
        "request", request,
        "batch", batch.path("id").asText(),
        "review", review.path("id").asText());
  }

  private JsonNode created(String path, String body) throws IOException {
    HttpResponse<String> answer = fleet.post(KEY, path, body);
    assertTrue(List.of(200, 201, 202).contains(answer.statusCode()), answer.body());
    return JSON.readTree(answer.body());
  }

  /** Every operation that reads, with every id of growth's in it, and growth's name as a filter. */
  private List<String> paths(Map<String, String> ids) {
    var paths = new ArrayList<String>();
    String day = LocalDate.now(ZoneOffset.UTC).toString();
    List<String> filters =
        List.of(
            "?team=growth",
            "?group_by=team&bucket=1d",
            "?group_by=team,key,tag:feature&team=growth&bucket=1d",
            "?team=growth&team=other&group_by=project",
            "?from=" + day + "&group_by=key",
            "?format=jsonl&team=growth",
            "?format=csv",
            "?limit=100&status=decided",
            "?group_by=api_key_id&start_time=1700000000");
    for (var path : fleet.get(KEY, "/openapi?format=JSON").path("paths").properties()) {
      if (!path.getValue().has("get") || EVERYBODYS.contains(path.getKey())) {
        continue;
      }
      String plain = path.getKey();
      if (!plain.contains("{")) {
        paths.add(plain);
        filters.forEach(filter -> paths.add(plain + filter));
        continue;
      }
      for (String id : ids.values()) {
        for (String below : List.of("", "/events", "/results", "?include=outputs,prompts")) {
          paths.add(plain.replaceAll("\\{[a-z]+}", id) + below);
        }
      }
      for (String name :
          List.of("team:growth", "growth", "key:k_growth", "summary", "savings", "weekly", "roi")) {
        paths.add(plain.replaceAll("\\{[a-z]+}", name) + "?team=growth&group_by=team");
      }
    }
    return paths;
  }

  /**
   * Whether an answer has what only growth can know: our mark, or its name where it was not asked.
   */
  private boolean leaks(String body, Map<String, String> ids, String path) {
    // What was asked for comes back in words such as "there is no batch of that id".
    String said = body;
    for (String id : ids.values()) {
      if (path.contains(id)) {
        said = said.replace(id, "");
      }
    }
    return said.contains(mark)
        || said.contains("\"k_growth\"")
        || said.contains("\"team\":\"growth\"")
        || said.contains(",growth,")
        || ids.values().stream().anyMatch(said::contains);
  }

  private HttpResponse<String> get(String key, String path) {
    var request =
        HttpRequest.newBuilder(fleet.fleet.url().resolve(path))
            .timeout(Duration.ofSeconds(60))
            .header("authorization", "Bearer " + key)
            .build();
    try {
      return fleet.http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String cut(String body) {
    return body.substring(0, Math.min(300, body.length()));
  }
}
