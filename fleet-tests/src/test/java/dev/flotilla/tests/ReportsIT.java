package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;
import static dev.flotilla.tests.FleetUnderTest.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Reports, files and prices as a caller gets them: through the router's doors. */
@ExtendWith(SharedFleet.class)
class ReportsIT {
  private final FleetUnderTest fleet;

  ReportsIT(FleetUnderTest fleet) {
    this.fleet = fleet;
  }

  @Test
  void every_way_to_ask_spends_for_the_project_it_names() throws Exception {
    String named = "\"metadata\":{\"project\":\"reports/it\"}";
    String words = "\"messages\":[{\"role\":\"user\",\"content\":\"Translate reports\"}]";
    List<HttpResponse<String>> answers =
        List.of(
            fleet.post(
                KEY, "/v1/chat/completions", "{\"model\":\"auto\"," + named + "," + words + "}"),
            fleet.post(
                KEY,
                "/v1/messages",
                "{\"model\":\"auto\",\"max_tokens\":50," + named + "," + words + "}"),
            fleet.post(
                KEY, "/v1/responses", "{\"model\":\"auto\",\"input\":\"Reports\"," + named + "}"),
            fleet.post(
                KEY,
                "/v1/embeddings",
                "{\"model\":\"alpha/e\",\"input\":\"Reports\"," + named + "}"));
    for (HttpResponse<String> answer : answers) {
      assertEquals(200, answer.statusCode(), answer.body());
      String id = answer.headers().firstValue("x-request-id").orElse("");
      String its = "request_id = '" + id + "' and project = 'reports/it'";
      fleet.awaitRows(its + " and state = 'settled'", 1);
      fleet.awaitRows("cost.decision", its, 1);
    }
    String wrong = "{\"model\":\"auto\",\"metadata\":{\"project\":\"no, thanks\"}," + words + "}";
    for (String path : List.of("/v1/route", "/v1/chat/completions")) {
      HttpResponse<String> refused = fleet.post(KEY, path, wrong);
      assertEquals(400, refused.statusCode(), path);
      assertTrue(refused.body().contains("invalid_project"), refused.body());
    }
    JsonNode project =
        fleet
            .get(KEY, "/v1/costs?bucket=1mo&group_by=project&project=reports/it")
            .at("/data/0/results/0");
    assertEquals(4, project.path("requests").asInt());
  }

  @Test
  void a_file_comes_through_the_door_with_what_it_says_of_itself() throws Exception {
    spend("Export this");
    HttpResponse<byte[]> csv = file("focus-csv");
    assertEquals("1.2", csv.headers().firstValue("x-focus-version").orElse(""));
    assertTrue(
        csv.headers().firstValue("content-disposition").orElse("").contains("focus-"),
        csv.headers().toString());
    String text = new String(csv.body(), StandardCharsets.UTF_8);
    assertTrue(text.startsWith("BilledCost,"), text);
    HttpResponse<byte[]> parquet = file("focus-parquet");
    assertEquals(
        "application/vnd.apache.parquet", parquet.headers().firstValue("content-type").orElse(""));
    byte[] bytes = parquet.body();
    assertEquals(
        "PAR1",
        new String(
            Arrays.copyOfRange(bytes, bytes.length - 4, bytes.length), StandardCharsets.US_ASCII));
    HttpResponse<byte[]> refused = file("xlsx");
    assertEquals(400, refused.statusCode());
    assertEquals(
        "application/problem+json", refused.headers().firstValue("content-type").orElse(""));
  }

  @Test
  void pages_lead_to_each_other_and_nothing_is_missing_or_twice() throws Exception {
    spend("Page this");
    Instant to = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    String range =
        "from=%s&to=%s".formatted(to.truncatedTo(ChronoUnit.HOURS).minusSeconds(4 * 3_600), to);
    long all =
        fleet.get(KEY, "/v1/costs?bucket=1mo&" + range).at("/data").findValues("attempts").stream()
            .mapToLong(JsonNode::asLong)
            .sum();
    assertTrue(all > 0);
    long paged = 0;
    int pages = 0;
    String next = range;
    do {
      JsonNode page = fleet.get(KEY, "/v1/costs?bucket=1h&limit=2&" + next);
      pages++;
      for (JsonNode bucket : page.path("data")) {
        for (JsonNode result : bucket.path("results")) {
          paged += result.path("attempts").asLong();
        }
      }
      next = page.path("next_page").isNull() ? "" : "page=" + page.path("next_page").asText();
    } while (!next.isEmpty());
    assertEquals(all, paged);
    assertTrue(pages >= 2, pages + " pages");
  }

  @Test
  void a_row_names_its_price_list_and_the_list_is_there() throws Exception {
    String id = spend("Price this");
    String version;
    try (var connection = fleet.ledger();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select price_version from cost.attempt where request_id = '" + id + "'")) {
      assertTrue(rows.next());
      version = rows.getString(1);
    }
    JsonNode prices = fleet.get(KEY, "/v1/prices?model=alpha/m&version=" + version);
    assertEquals(version, prices.path("version").asText());
    assertEquals("0.14", prices.at("/prices/0/usd_per_million/input").asText());
    assertEquals(version, fleet.get(KEY, "/v1/prices/versions").at("/versions/0/version").asText());
    assertEquals("cost.weekly", fleet.get(KEY, "/v1/costs/weekly").path("object").asText());
    assertEquals("cost.roi", fleet.get(KEY, "/v1/costs/roi").path("object").asText());
  }

  /** The request's id, when the ledger has it. */
  private String spend(String text) throws Exception {
    HttpResponse<String> answer = fleet.chat(FleetUnderTest.ask("alpha/m", text));
    assertEquals(200, answer.statusCode(), answer.body());
    String id = answer.headers().firstValue("x-request-id").orElse("");
    fleet.awaitRows("request_id = '" + id + "' and state = 'settled'", 1);
    assertEquals("stop", json(answer.body()).at("/choices/0/finish_reason").asText());
    return id;
  }

  private HttpResponse<byte[]> file(String format) throws Exception {
    return fleet.http.send(
        HttpRequest.newBuilder(fleet.fleet.url().resolve("/v1/costs/export?format=" + format))
            .header("authorization", "Bearer " + KEY)
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }
}
