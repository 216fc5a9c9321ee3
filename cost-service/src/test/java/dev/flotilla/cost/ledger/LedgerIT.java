package dev.flotilla.cost.ledger;

import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.cost.running.RunningCostService;
import dev.flotilla.testkit.FaultRow;
import dev.flotilla.testkit.OtlpReceiver;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LedgerIT {
  private static final Instant START = Instant.parse("2026-11-21T10:00:00.123Z");
  private static final String TRACEPARENT =
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private final RunningCostService service = RunningCostService.get();

  @Test
  void a_row_sent_twice_is_counted_once() throws SQLException {
    ObjectNode entry = settled(intent("ledger", "req_twice", START), 21_300);
    assertReceipt(1, 0, 0, service.receipt(entry));
    assertReceipt(0, 1, 0, service.receipt(entry));
    assertEquals(
        "1|settled|21300", row("count(*) || '|' || min(state) || '|' || sum(cost_nanos)", entry));
  }

  @Test
  void an_unknown_attempt_is_settled_by_its_outcome_and_a_late_intent_changes_nothing()
      throws SQLException {
    ObjectNode begun = intent("ledger", "req_settled", START);
    ObjectNode ended = settled(begun, 500);
    assertReceipt(1, 0, 0, service.receipt(begun));
    assertEquals("unknown", row("state", begun));
    assertReceipt(1, 0, 0, service.receipt(ended));
    assertEquals(
        "settled|500|100|ok",
        row("state || '|' || cost_nanos || '|' || input_tokens || '|' || outcome", begun));
    assertReceipt(0, 1, 0, service.receipt(begun));
    assertEquals("settled", row("state", begun));
  }

  @Test
  void the_first_amount_stays_when_another_one_is_sent() throws SQLException {
    ObjectNode first = settled(intent("ledger", "req_conflict", START), 500);
    service.receipt(first);
    double before = metric("ledger_rejected_entries_total{code=\"amount_conflict\"");
    JsonNode receipt = service.receipt(first.deepCopy().put("cost_nanos", 501));
    assertReceipt(0, 0, 1, receipt);
    assertEquals("amount_conflict", receipt.at("/rejected/0/code").asText());
    assertEquals(first.path("attempt_id").asText(), receipt.at("/rejected/0/attempt_id").asText());
    assertEquals("500", row("cost_nanos", first));
    assertEquals(before + 1, metric("ledger_rejected_entries_total{code=\"amount_conflict\""));
  }

  @Test
  void intent_and_outcome_in_one_batch_are_one_row_and_both_counted() throws SQLException {
    ObjectNode begun = intent("ledger", "req_both", START);
    assertReceipt(2, 0, 0, service.receipt(begun, settled(begun, 7)));
    assertEquals("settled|7", row("state || '|' || cost_nanos", begun));

    ObjectNode other = intent("ledger", "req_both", START);
    assertReceipt(1, 1, 1, service.receipt(settled(other, 8), other, settled(other, 9)));
    assertEquals("8", row("cost_nanos", other));
  }

  @Test
  void a_bad_row_is_refused_alone() throws SQLException {
    ObjectNode good = settled(intent("ledger", "req_good", START), 1);
    List<ObjectNode> bad =
        List.of(
            settled(intent("ledger", "r", START), 1).put("attempt_id", "not-a-uuid"),
            settled(intent("ledger", "r", START), 1).put("attempt_id", "1-1-1-1-1"),
            settled(intent("ledger", "r", START), 1).put("team", " "),
            settled(intent("ledger", "r", START), 1).put("floor_nanos", -1),
            settled(intent("ledger", "r", START), 1).put("ceiling_nanos", "many"),
            settled(intent("ledger", "r", START), 1).put("state", "paid"),
            settled(intent("ledger", "r", START), 1).putNull("cost_nanos"),
            settled(intent("ledger", "r", START), 1).put("cost_nanos", 0.5),
            settled(intent("ledger", "r", START), 1).put("started_at", "yesterday"),
            settled(intent("ledger", "r", START), 1).put("ended_at", "2026-11-21T09:59:59Z"),
            settled(intent("ledger", "r", START), 1).put("request_id", "nul\0inside"),
            settled(intent("ledger", "r", START), 1).put("step", "HALF A PAIR"),
            settled(intent("ledger", "r", START), 1).put("request_id", "x".repeat(3_000)),
            intent("ledger", "r", START).put("cost_nanos", 5),
            RunningCostService.JSON.createObjectNode());
    List<ObjectNode> all = new ArrayList<>(bad);
    all.add(3, good);
    // An escape can say what UTF-8 cannot: half of a surrogate pair.
    String batch = RunningCostService.batch(all).replace("HALF A PAIR", "\\ud800");
    JsonNode receipt = tree(service.postRaw(batch, "a-token-for-tests-only"));
    assertReceipt(1, 0, bad.size(), receipt);
    for (JsonNode rejected : receipt.path("rejected")) {
      assertEquals("invalid_entry", rejected.path("code").asText());
      assertTrue(rejected.path("message").asText().length() > 10, rejected.toString());
    }
    assertEquals("1", row("cost_nanos", good));
  }

  @Test
  @FaultRow(
      row = 72,
      fault = "twenty senders of the same 200 entries at once, each in another order")
  void twenty_senders_of_the_same_batch_write_each_row_once() throws Exception {
    List<ObjectNode> batch =
        IntStream.range(0, 200)
            .mapToObj(i -> settled(intent("concurrent", "req_" + i, START), i))
            .toList();
    long accepted = 0;
    long duplicate = 0;
    try (var threads = Executors.newFixedThreadPool(20)) {
      List<Callable<HttpResponse<String>>> senders =
          IntStream.range(0, 20)
              .<Callable<HttpResponse<String>>>mapToObj(i -> () -> service.post(turned(batch, i)))
              .toList();
      for (var sender : threads.invokeAll(senders)) {
        HttpResponse<String> response = sender.get();
        assertEquals(200, response.statusCode(), response.body());
        accepted += tree(response).path("accepted").asLong();
        duplicate += tree(response).path("duplicate").asLong();
      }
    }
    assertEquals(200, accepted);
    assertEquals(19 * 200, duplicate);
    assertEquals(
        "200|19900",
        sql(
            "select count(*) || '|' || sum(cost_nanos) from cost.attempt where team = 'concurrent'"));
  }

  @Test
  @FaultRow(row = 69, fault = "PostgreSQL is set to acknowledge before it has written")
  void a_row_that_is_acknowledged_is_written_to_disk_whatever_the_database_is_set_to()
      throws SQLException {
    assertEquals("off", sql("select setting from pg_settings where name = 'synchronous_commit'"));
    // The background writer may do it in time by chance, but not each time.
    for (int i = 0; i < 20; i++) {
      String before = sql("select pg_current_wal_insert_lsn()::text");
      service.receipt(settled(intent("durable", "req_" + i, START), i));
      assertEquals(
          "true", sql("select (pg_current_wal_flush_lsn() > '" + before + "'::pg_lsn)::text"));
    }
  }

  @Test
  void more_than_500_entries_are_refused_whole() {
    ObjectNode entry = intent("ledger", "req_many", START);
    HttpResponse<String> response = service.post(Collections.nCopies(501, entry));
    assertEquals(413, response.statusCode());
    assertProblem("batch_too_large", response);
    assertEquals(200, service.post(Collections.nCopies(500, entry)).statusCode());
  }

  @Test
  void without_the_service_token_nothing_is_written() {
    assertEquals(401, service.postRaw("{\"entries\":[]}", "a-wrong-token-of-16").statusCode());
  }

  @Test
  void what_is_no_batch_is_refused_with_an_example() {
    assertProblem("invalid_json", service.postRaw("{\"entries\":[", "a-token-for-tests-only"));
    assertProblem("invalid_batch", service.postRaw("{\"rows\":[]}", "a-token-for-tests-only"));
  }

  @Test
  void the_database_itself_refuses_every_other_change() throws SQLException {
    ObjectNode ended = settled(intent("ledger", "req_append_only", START), 5);
    ObjectNode open = intent("ledger", "req_append_only", START);
    service.receipt(ended, open);
    String where = " where request_id = 'req_append_only'";
    assertRefused("update cost.attempt set cost_nanos = 6" + where + " and state = 'settled'");
    assertRefused("update cost.attempt set state = 'unknown', cost_nanos = null" + where);
    assertRefused("update cost.attempt set ceiling_nanos = 1" + where + " and state = 'unknown'");
    assertRefused(
        "update cost.attempt set state = 'void', team = 'other'"
            + where
            + " and state = 'unknown'");
    assertRefused("delete from cost.attempt" + where);
    assertRefused("truncate cost.attempt");
    assertEquals("2", sql("select count(*)::text from cost.attempt" + where));
  }

  @Test
  void amounts_are_priced_again_from_the_same_version_of_the_catalogue() throws SQLException {
    String version =
        Catalog.read(Path.of("src/test/resources/config/catalog"), Set.of("acme")).version();
    // 100 input at 1, 20 cached at 0.1, 30 output at 2 USD per million: 100,000 + 2,000 + 60,000
    // nano-dollars.
    ObjectNode right =
        settled(intent("ledger", "req_priced", START), 162_000).put("price_version", version);
    ObjectNode wrong =
        settled(intent("ledger", "req_priced", START), 162_001).put("price_version", version);
    ObjectNode other = settled(intent("ledger", "req_priced", START), 162_001);
    double before = metric("ledger_price_mismatches_total");
    assertReceipt(3, 0, 0, service.receipt(right, wrong, other));
    assertEquals("ok|162000", row("price_check || '|' || repriced_nanos", right));
    assertEquals(
        "mismatch|162000|162001",
        row("price_check || '|' || repriced_nanos || '|' || cost_nanos", wrong));
    assertEquals("unchecked", row("price_check", other));
    assertEquals(before + 1, metric("ledger_price_mismatches_total"));
    // Sent again it is a duplicate, and not told again.
    service.receipt(wrong);
    assertEquals(before + 1, metric("ledger_price_mismatches_total"));
  }

  @Test
  void an_amount_is_priced_again_as_the_model_that_was_served() throws SQLException {
    String version =
        Catalog.read(Path.of("src/test/resources/config/catalog"), Set.of("acme")).version();
    ObjectNode other = intent("ledger", "req_served", START);
    ObjectNode dated = intent("ledger", "req_served", START);
    ObjectNode unknown = intent("ledger", "req_served", START);
    String name = other.path("model").asText().substring("acme/".length());
    service.receipt(
        settled(other, 150_000).put("price_version", version).put("served_model", "grand-0709"),
        settled(dated, 162_000)
            .put("price_version", version)
            .put("served_model", name + "-2026-01-01"),
        settled(unknown, 162_000).put("price_version", version).put("served_model", "who-knows"));
    // 100 + 20 + 30 tokens of the grand one, at 1 USD per million.
    assertEquals("ok|150000", row("price_check || '|' || repriced_nanos", other));
    assertEquals("ok|162000", row("price_check || '|' || repriced_nanos", dated));
    assertEquals("ok|162000", row("price_check || '|' || repriced_nanos", unknown));
  }

  @Test
  void the_arrival_of_an_amount_is_a_span_of_the_attempts_trace() {
    ObjectNode entry =
        settled(intent("ledger", "req_traced", START), 77).put("traceparent", TRACEPARENT);
    ObjectNode unsampled =
        settled(intent("ledger", "req_unsampled", START), 78)
            .put("traceparent", TRACEPARENT.replaceFirst("01$", "00"));
    service.receipt(unsampled, entry);
    // The service is everybody's, and so are its traces.
    String attempt = entry.path("attempt_id").asText();
    var span =
        service
            .traces()
            .awaitSpans(
                spans -> spans.stream().anyMatch(one -> isOf(attempt, one)), Duration.ofSeconds(10))
            .stream()
            .filter(one -> isOf(attempt, one))
            .findFirst()
            .orElseThrow();
    assertEquals("ledger settle", span.name());
    assertEquals("CONSUMER", span.kind());
    assertEquals("cost-service", span.service());
    assertEquals("0af7651916cd43dd8448eb211c80319c", span.traceId());
    assertEquals("b7ad6b7169203331", span.parentSpanId());
    assertEquals("77", span.attributes().get("flotilla.cost.nanos"));
    assertEquals(
        List.of(),
        service.traces().spans().stream()
            .filter(one -> isOf(unsampled.path("attempt_id").asText(), one))
            .toList());
  }

  private static boolean isOf(String attempt, OtlpReceiver.ReceivedSpan span) {
    return attempt.equals(span.attributes().get("flotilla.attempt.id"));
  }

  @Test
  void every_state_has_a_series_from_the_start_and_nothing_else_is_exposed() {
    String metrics = service.ops("/metrics").body();
    for (String state : List.of("unknown", "settled", "estimated", "void")) {
      assertTrue(
          metrics.contains("ledger_entries_total{mp_scope=\"application\",state=\"" + state + "\"")
              || metrics.contains("ledger_entries_total{state=\"" + state + "\""),
          metrics);
    }
    for (String line : metrics.lines().filter(l -> !l.startsWith("#")).toList()) {
      assertTrue(line.startsWith("ledger_") || line.startsWith("llm_budget_"), line);
    }
    assertEquals(200, service.ops("/health/live").statusCode());
    assertEquals(200, service.ops("/health/ready").statusCode());
    assertEquals(200, service.ops("/health/started").statusCode());
  }

  private static List<ObjectNode> turned(List<ObjectNode> batch, int by) {
    List<ObjectNode> turned = new ArrayList<>(batch);
    Collections.rotate(turned, by * 7);
    return turned;
  }

  private static void assertReceipt(int accepted, int duplicate, int rejected, JsonNode receipt) {
    assertEquals(
        accepted + "/" + duplicate + "/" + rejected,
        receipt.path("accepted")
            + "/"
            + receipt.path("duplicate")
            + "/"
            + receipt.path("rejected").size(),
        receipt.toString());
  }

  private static void assertProblem(String code, HttpResponse<String> response) {
    assertEquals(
        "application/problem+json", response.headers().firstValue("content-type").orElse(""));
    assertEquals(code, tree(response).path("code").asText());
  }

  private void assertRefused(String change) {
    var e = assertThrows(SQLException.class, () -> update(change));
    assertTrue(String.valueOf(e.getMessage()).contains("append-only"), e.getMessage());
  }

  private void update(String change) throws SQLException {
    try (var connection = service.database().connect();
        var statement = connection.createStatement()) {
      statement.executeUpdate(change);
    }
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

  private double metric(String prefix) {
    String name = prefix.replaceFirst("\\{.*", "");
    String label = prefix.substring(name.length()).replace("{", "");
    return service
        .ops("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name) && line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
