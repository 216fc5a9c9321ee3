package dev.flotilla.cost.reconcile;

import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.cost.running.RunningCostService;
import dev.flotilla.testkit.FaultRow;
import jakarta.enterprise.inject.spi.CDI;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ReconcileIT {
  private final RunningCostService service = RunningCostService.get();
  private final Ageing ageing = CDI.current().select(Ageing.class).get();
  private final Instant twoDaysAgo = Instant.now().minus(Duration.ofDays(2));

  @Test
  @FaultRow(row = 62, fault = "nobody ever says how an attempt ended")
  void an_attempt_that_stays_unknown_for_a_day_counts_at_its_ceiling() throws SQLException {
    ObjectNode old = intent("ageing", "req_old", twoDaysAgo);
    ObjectNode young = intent("ageing", "req_young", Instant.now().minus(Duration.ofHours(23)));
    service.receipt(old, young);
    assertTrue(ageing.age() >= 1);
    assertEquals(
        "estimated|true|90000", row("state || '|' || estimated || '|' || cost_nanos", old));
    assertEquals("unknown", row("state", young));
    // What happened to it is the same whoever looks again.
    ageing.age();
    assertEquals("90000", row("cost_nanos", old));
  }

  @Test
  void an_outcome_that_comes_after_its_attempt_was_aged_is_a_correction() throws SQLException {
    ObjectNode begun = intent("late", "req_late", twoDaysAgo);
    service.receipt(begun);
    ageing.age();
    ObjectNode ended = settled(begun, 21_300);
    assertEquals(1, service.receipt(ended).path("accepted").asInt());
    assertEquals("90000", row("cost_nanos", begun), "the estimate stands as it was");
    assertEquals("21300", total("late"));
    assertEquals(
        "settled|correction|-68700",
        sql(
            "select state || '|' || origin || '|' || cost_nanos from cost.attempt where correction_of = '"
                + begun.path("attempt_id").asText()
                + "'"));
    // Sent again, as the spool does, it is a duplicate; another amount is a conflict.
    assertEquals(1, service.receipt(ended).path("duplicate").asInt());
    JsonNode other = service.receipt(ended.deepCopy().put("cost_nanos", 5));
    assertEquals("amount_conflict", other.at("/rejected/0/code").asText());
    assertEquals("21300", total("late"));
  }

  @Test
  void an_audit_hears_the_amounts_with_their_corrections_and_nothing_of_the_unknown()
      throws SQLException {
    ObjectNode plain = settled(intent("audit", "req_audit", Instant.now()), 7);
    ObjectNode aged = intent("audit", "req_audit", twoDaysAgo);
    ObjectNode open = intent("audit", "req_audit", Instant.now());
    service.receipt(plain, aged, open);
    ageing.age();
    service.receipt(settled(aged, 11));
    ObjectNode never = intent("audit", "req_audit", Instant.now());
    ObjectNode question = RunningCostService.JSON.createObjectNode();
    for (ObjectNode each : new ObjectNode[] {plain, aged, open, never}) {
      question.withArray("attempt_ids").add(each.path("attempt_id").asText());
    }
    JsonNode attempts =
        tree(service.postAs("/v1/ledger/audits", question.toString(), "caller")).path("attempts");
    assertEquals(3, attempts.size(), attempts.toString());
    for (JsonNode each : attempts) {
      String id = each.path("attempt_id").asText();
      assertEquals(
          id.equals(plain.path("attempt_id").asText())
              ? 7
              : id.equals(aged.path("attempt_id").asText()) ? 11 : -1,
          each.path("cost_nanos").asInt(-1));
    }
    assertEquals(
        400,
        service.postAs("/v1/ledger/audits", "{\"attempt_ids\":[\"x\"]}", "caller").statusCode());
  }

  @Test
  void a_providers_bill_is_compared_per_day_and_model_and_corrected_once() throws SQLException {
    Instant at = Instant.parse("2026-03-10T23:59:59.999Z");
    service.receipt(
        settled(intent("bill", "req_bill", at), 1_000).put("provider", "billed"),
        settled(intent("bill", "req_bill", at), 2_000).put("provider", "billed"),
        settled(intent("bill", "req_bill", at.plusMillis(1)), 500).put("provider", "billed"));
    String bill =
        """
        {"provider":"billed","days":[{"day":"2026-03-10","model":"acme/swift","cost_nanos":3100},
        {"day":"2026-03-11","model":"acme/swift","cost_nanos":500},
        {"day":"2026-03-11","model":"acme/grand","cost_nanos":9}]%s}""";
    JsonNode seen = imported(bill.formatted(""));
    assertEquals("100 0 9", differences(seen));
    assertEquals("3500", billed(), "looking changes nothing");

    JsonNode applied = imported(bill.formatted(",\"apply\":true"));
    assertEquals("100 0 9", differences(applied));
    assertTrue(applied.at("/differences/0/corrected").asBoolean());
    assertEquals("3609", billed());

    assertEquals("0 0 0", differences(imported(bill.formatted(",\"apply\":true"))));
    assertEquals("3609", billed());
  }

  @Test
  void a_day_with_attempts_of_unknown_end_is_not_corrected_yet() throws SQLException {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    service.receipt(
        intent("bill", "req_open", today.atStartOfDay().toInstant(ZoneOffset.UTC))
            .put("provider", "open"));
    JsonNode report =
        imported(
            """
            {"provider":"open","days":[{"day":"%s","model":"acme/swift","cost_nanos":5}],"apply":true}"""
                .formatted(today));
    assertEquals(1, report.at("/differences/0/unknown_attempts").asInt());
    assertEquals(5, report.at("/differences/0/difference_nanos").asInt());
    assertEquals(false, report.at("/differences/0/corrected").asBoolean());
  }

  @Test
  void only_an_administrator_imports_and_a_line_that_is_not_understood_is_refused() {
    assertEquals(403, service.postAs("/v1/costs/imports", "{}", "caller,viewer-all").statusCode());
    for (String wrong :
        new String[] {
          "{",
          "{}",
          "{\"provider\":\"p\",\"days\":[{\"day\":\"10.3.2026\",\"model\":\"m\",\"cost_nanos\":1}]}",
          "{\"provider\":\"p\",\"days\":[{\"day\":\"2026-03-10\",\"model\":\"m\",\"cost_nanos\":0.5}]}",
          "{\"provider\":\"p\",\"days\":[{\"day\":\"2026-03-10\",\"model\":\"m\",\"cost_nanos\":1},{\"day\":\"2026-03-10\",\"model\":\"m\",\"cost_nanos\":1}]}"
        }) {
      HttpResponse<String> answer = service.postAs("/v1/costs/imports", wrong, "admin");
      assertEquals(400, answer.statusCode(), wrong + answer.body());
      assertEquals("invalid_bill", tree(answer).path("code").asText());
    }
  }

  private JsonNode imported(String bill) {
    HttpResponse<String> answer = service.postAs("/v1/costs/imports", bill, "admin");
    assertEquals(200, answer.statusCode(), answer.body());
    return tree(answer);
  }

  private static String differences(JsonNode report) {
    var all = new StringBuilder();
    report
        .path("differences")
        .forEach(each -> all.append(each.path("difference_nanos").asLong()).append(' '));
    return all.toString().strip();
  }

  private String billed() throws SQLException {
    return sql("select sum(cost_nanos)::text from cost.attempt where provider = 'billed'");
  }

  private String total(String team) throws SQLException {
    return sql("select sum(cost_nanos)::text from cost.attempt where team = '" + team + "'");
  }

  private String row(String columns, ObjectNode entry) throws SQLException {
    return sql(
        "select ("
            + columns
            + ")::text from cost.attempt where attempt_id = '"
            + entry.path("attempt_id").asText()
            + "'");
  }

  private String sql(String query) throws SQLException {
    try (var connection = service.database().connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      assertTrue(rows.next(), query);
      return String.valueOf(rows.getString(1));
    }
  }
}
