package dev.flotilla.cost.export;

import static dev.flotilla.cost.running.RunningCostService.intent;
import static dev.flotilla.cost.running.RunningCostService.settled;
import static dev.flotilla.cost.running.RunningCostService.tree;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.cost.running.RunningCostService;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** October 2026 of teams exporter and others belongs to this class. */
class ExportIT {
  private static final String OCTOBER = "from=2026-10-01&to=2026-11-01";
  private static final Instant DAY = Instant.parse("2026-10-05T10:15:00Z");
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  private static final Set<String> MANDATORY =
      Set.of(
          "BilledCost",
          "BillingAccountId",
          "BillingAccountName",
          "BillingCurrency",
          "BillingPeriodEnd",
          "BillingPeriodStart",
          "ChargeCategory",
          "ChargeClass",
          "ChargeDescription",
          "ChargePeriodEnd",
          "ChargePeriodStart",
          "ContractedCost",
          "EffectiveCost",
          "InvoiceIssuerName",
          "ListCost",
          "PricingQuantity",
          "PricingUnit",
          "ProviderName",
          "PublisherName",
          "ServiceCategory",
          "ServiceName");

  private final RunningCostService service = RunningCostService.get();

  @BeforeAll
  static void rows() {
    // Their price is known, so their amount is shared out by it.
    ObjectNode priced = named(1, settled(intent("exporter", "e1", DAY), 162_000));
    ObjectNode again = named(2, settled(intent("exporter", "e2", DAY.plusSeconds(600)), 162_001));
    // Nobody has a price for this model: by number of tokens.
    ObjectNode unpriced =
        named(3, settled(intent("exporter", "e3", DAY.plusSeconds(7_200)), 1_000))
            .put("model", "acme/forgotten")
            .put("project", "=web, \"the\" one");
    unpriced.putObject("tags").put("feature", "search").put("customer", "Łódź, SA");
    // And nothing to count.
    ObjectNode uncounted =
        named(4, settled(intent("exporter", "e4", DAY.plusSeconds(90_000)), 7))
            .put("pipeline", "content")
            .put("step", "draft");
    uncounted.putObject("usage");
    ObjectNode open = named(5, intent("exporter", "e5", DAY));
    ObjectNode pretend = named(6, settled(intent("exporter", "e6", DAY), 9)).put("simulated", true);
    ObjectNode others = named(7, settled(intent("exporter-2", "e7", DAY), 11));
    assertEquals(
        7,
        RunningCostService.get()
            .receipt(priced, again, unpriced, uncounted, open, pretend, others)
            .path("accepted")
            .asInt());
  }

  @Test
  void every_format_is_the_golden_one() throws IOException {
    golden("ledger.csv", "/v1/costs/export?format=csv&" + OCTOBER);
    golden("ledger.jsonl", "/v1/costs/export?format=jsonl&" + OCTOBER);
    golden("focus.csv", "/v1/costs/export?format=focus-csv&" + OCTOBER);
    golden(
        "organization-costs.json",
        "/v1/organization/costs?start_time=1791158400&end_time=1791417600&group_by=line_item&group_by=project_id");
    golden(
        "organization-completions.json",
        "/v1/organization/usage/completions?start_time=1791158400&end_time=1791417600&group_by[]=model,api_key_id"
            .replace("[]", "%5B%5D"));
  }

  @Test
  void charges_have_the_mandatory_columns_and_add_up_to_the_ledger() {
    HttpResponse<String> file =
        service.get("/v1/costs/export?format=focus-csv&" + OCTOBER, "exporter", "caller");
    assertEquals("1.2", file.headers().firstValue("x-focus-version").orElse(""));
    assertEquals(
        "text/csv;charset=utf-8",
        file.headers()
            .firstValue("content-type")
            .orElse("")
            .replace(" ", "")
            .toLowerCase(Locale.ROOT));
    List<String> lines = file.body().lines().toList();
    List<String> columns = List.of(lines.getFirst().split(",", -1));
    assertTrue(columns.containsAll(MANDATORY), lines.getFirst());
    BigDecimal sum =
        lines.stream()
            .skip(1)
            .map(line -> new BigDecimal(line.substring(0, line.indexOf(','))))
            .reduce(BigDecimal.ZERO, BigDecimal::add);
    JsonNode costs =
        tree(service.get("/v1/costs?bucket=1mo&" + OCTOBER, "exporter", "caller"))
            .at("/data/0/results/0");
    assertEquals(325_008, costs.path("cost_nanos").asLong());
    assertEquals(0, sum.compareTo(BigDecimal.valueOf(325_008, 9)), sum.toPlainString());
  }

  @Test
  void the_parquet_file_says_what_the_csv_file_says_to_a_reader_that_is_not_ours(
      @TempDir Path folder) throws Exception {
    String range = "&" + OCTOBER;
    HttpResponse<byte[]> file =
        service.bytes("/v1/costs/export?format=focus-parquet" + range, "exporter", "caller");
    assertEquals("1.2", file.headers().firstValue("x-focus-version").orElse(""));
    assertEquals(
        "application/vnd.apache.parquet", file.headers().firstValue("content-type").orElse(""));
    assertTrue(
        file.headers().firstValue("content-disposition").orElse("").contains("focus-2026-10-01"));
    Path parquet = Files.write(folder.resolve("focus.parquet"), file.body());
    String csv =
        service.get("/v1/costs/export?format=focus-csv" + range, "exporter", "caller").body();
    Path text = Files.writeString(folder.resolve("focus.csv"), csv);
    try (var duck = DriverManager.getConnection("jdbc:duckdb:");
        var statement = duck.createStatement()) {
      assertEquals(
          "0.000325008|325008|31",
          one(
              statement,
              "select sum(BilledCost)::varchar || '|' || (sum(EffectiveCost) * 1000000000)::bigint || '|'"
                  + " || (select count(*) from (describe select * from '%s')) from '%s'"
                      .formatted(parquet, parquet)));
      // Types that a spreadsheet of a bill needs: nothing is a floating point or a text that is
      // none.
      assertEquals(
          "DECIMAL(18,9)|TIMESTAMP WITH TIME ZONE|BIGINT|VARCHAR",
          one(
              statement,
              "select typeof(BilledCost) || '|' || typeof(ChargePeriodStart) || '|' || typeof(PricingQuantity)"
                  + " || '|' || typeof(ChargeClass) from '%s' limit 1".formatted(parquet)));
      String same =
          FocusRows.COLUMNS.stream()
              .map(
                  column ->
                      switch (column.kind()) {
                        case TEXT -> column.name();
                        case AMOUNT -> column.name() + "::decimal(18, 9)";
                        case COUNT -> column.name() + "::bigint";
                        case MOMENT -> column.name() + "::timestamptz";
                      })
              .collect(Collectors.joining(", "));
      String read =
          "select "
              + same
              + " from read_csv('%s', all_varchar = true, nullstr = '', quote = '\"', escape = '\"')"
                  .formatted(text);
      String told = "select * from '%s'".formatted(parquet);
      assertEquals(
          csv.lines().count() - 1 + "", one(statement, "select count(*) from (" + told + ")"));
      assertEquals(
          "0", one(statement, "select count(*) from (" + told + " except all " + read + ")"));
      assertEquals(
          "0", one(statement, "select count(*) from (" + read + " except all " + told + ")"));
    }
  }

  private static String one(Statement statement, String sql) throws SQLException {
    try (var rows = statement.executeQuery(sql)) {
      assertTrue(rows.next(), sql);
      return rows.getString(1);
    }
  }

  @Test
  void a_file_is_longer_than_what_is_read_at_once() {
    for (int batch = 0; batch < 5; batch++) {
      var entries =
          IntStream.range(0, 500)
              .mapToObj(i -> settled(intent("exporter-long", "x" + i, DAY), 2))
              .toList();
      assertEquals(200, service.post(entries).statusCode());
    }
    String body =
        service.get("/v1/costs/export?format=jsonl&" + OCTOBER, "exporter-long", "caller").body();
    assertEquals(2_500, body.lines().count());
  }

  @Test
  void collectors_page_through_days_and_the_sum_is_the_ledgers() {
    String page =
        "/v1/organization/costs?start_time=1790812800&end_time=1793491200&limit=10&group_by=api_key_id";
    BigDecimal sum = BigDecimal.ZERO;
    int days = 0;
    String next = "";
    do {
      JsonNode answer = tree(service.get(page + next, "exporter", "caller"));
      for (JsonNode bucket : answer.path("data")) {
        days++;
        for (JsonNode result : bucket.path("results")) {
          sum = sum.add(result.at("/amount/value").decimalValue());
          assertEquals("k_1", result.path("api_key_id").asText());
        }
      }
      next =
          answer.path("has_more").asBoolean() ? "&page=" + answer.path("next_page").asText() : "";
    } while (!next.isEmpty());
    assertEquals(31, days);
    assertEquals(0, sum.compareTo(BigDecimal.valueOf(325_008, 9)), sum.toPlainString());
  }

  @Test
  void every_figure_in_openais_shape_is_what_the_statement_beside_it_recomputes() throws Exception {
    int compared = 0;
    try (var connection = service.database().connect();
        var statement = connection.createStatement()) {
      for (String path :
          List.of(
              "costs?start_time=1791158400&end_time=1791417600&group_by=line_item,project_id",
              "costs?start_time=1791158400&end_time=1791417600",
              "usage/completions?start_time=1791158400&end_time=1791417600&bucket_width=1h&group_by=model,api_key_id")) {
        String ask = "/v1/organization/" + path + "&explain=true";
        for (JsonNode bucket : tree(service.get(ask, "exporter", "caller")).path("data")) {
          for (JsonNode result : bucket.path("results")) {
            for (var told : result.path("explain").properties()) {
              compared++;
              try (var rows = statement.executeQuery(told.getValue().asText())) {
                assertTrue(rows.next(), told.toString());
                assertEquals(
                    0,
                    result.at(told.getKey()).decimalValue().compareTo(rows.getBigDecimal(1)),
                    () -> told + " in " + result);
              }
            }
          }
        }
      }
    }
    assertTrue(compared > 15, compared + " figures");
  }

  @Test
  void what_cannot_be_exported_is_refused_with_a_remedy() {
    for (String path :
        List.of(
            "/v1/costs/export?format=xlsx",
            "/v1/costs/export?colour=red",
            "/v1/organization/costs",
            "/v1/organization/costs?start_time=2026-10-01",
            "/v1/organization/costs?start_time=1790812800&bucket_width=1h",
            "/v1/organization/costs?start_time=1790812800&group_by=model",
            "/v1/organization/costs?start_time=1790812800&limit=1000",
            "/v1/organization/usage/completions?start_time=1790812800&page=page_0")) {
      HttpResponse<String> refused = service.get(path, "exporter", "caller");
      assertEquals(400, refused.statusCode(), path + " " + refused.body());
      assertTrue(tree(refused).path("detail").asText().length() > 15, refused.body());
    }
    assertEquals(
        403, service.get("/v1/costs/export?team=exporter", "exporter-2", "caller").statusCode());
  }

  private void golden(String file, String path) throws IOException {
    HttpResponse<String> response = service.get(path, "exporter", "caller");
    assertEquals(200, response.statusCode(), response.body());
    Path golden = GOLDEN.resolve(file);
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(golden, response.body());
    }
    assertEquals(Files.readString(golden), response.body(), file);
  }

  /** An entry whose id is the same in every run. */
  private static ObjectNode named(int number, ObjectNode entry) {
    return entry.put(
        "attempt_id", new UUID(0x01999aaa_bbbb_7000L, 0x8000000000000000L + number).toString());
  }
}
