package dev.flotilla.router.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HintsReaderTest {
  @Test
  void the_body_wins_over_the_header_and_the_header_over_the_key() throws Exception {
    Hints key = route("{\"task_type\":\"bulk\",\"max_cost_usd\":1,\"timeout_ms\":1000}");
    Map<String, String> headers =
        Map.of("x-task-type", "structured", "x-max-cost-usd", "0.5", "x-fallbacks", "a/b, c/d");
    Hints said = parsed("{\"task_type\":\"complex\"}", headers, key);
    assertEquals(TaskType.COMPLEX, said.taskType());
    assertEquals(500_000_000, said.maxCostNanos());
    assertEquals(Duration.ofSeconds(1), said.timeout());
    assertEquals(List.of("a/b", "c/d"), said.fallbacks());
  }

  @Test
  void every_hint_has_a_field_or_a_header() throws Exception {
    Hints body =
        route(
            """
            {"task_type":"simple","quality_threshold":7.50,"fallbacks":["x/y"],"max_cost_usd":0.0000000019,
             "cache":"refresh","timeout_ms":1500,"validate":{"schema":{},"rules":["true"]},"best_effort":"last","dry_run":true}""");
    assertEquals(TaskType.BULK, body.taskType());
    assertEquals(new BigDecimal("7.5"), body.qualityThreshold());
    assertEquals(1, body.maxCostNanos(), "rounded down");
    assertEquals(CacheUse.REFRESH, body.cacheUse());
    assertEquals(BestEffort.LAST, body.bestEffort());
    assertTrue(body.isDryRun());
    Hints headers =
        parsed(
            "null",
            Map.of(
                "x-quality-threshold", "8",
                "x-timeout-ms", "20",
                "x-dry-run", "true",
                "x-best-effort", "none",
                "x-tags", "feature=search, customer=acme=co",
                "cache-control", "max-age=60"),
            Hints.NONE);
    assertEquals(BigDecimal.valueOf(8), headers.qualityThreshold());
    assertEquals(Duration.ofMillis(20), headers.timeout());
    assertEquals(BestEffort.NONE, headers.bestEffort());
    assertTrue(headers.isDryRun());
    assertEquals(Map.of("feature", "search", "customer", "acme=co"), headers.tags());
    assertEquals(Duration.ofSeconds(60), headers.cacheUse().maxAge());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | true | true | false",
        "no-cache | false | true | false",
        "no-store | false | false | false",
        "No-Store, no-cache | false | false | false",
        "max-age=0 | false | true | false",
        "max-stale, only-if-cached | true | true | true",
        "max-age=99999999999999 | true | true | false"
      })
  void cache_control_means_what_the_standard_says(
      String header, boolean reads, boolean writes, boolean only) {
    CacheUse use = CacheUse.ofHeader(header);
    assertEquals(reads, use.reads());
    assertEquals(writes, use.writes());
    assertEquals(only, use.onlyIfCached());
  }

  @Test
  void a_kept_answer_may_be_too_old() {
    CacheUse use = CacheUse.ofHeader("max-age=60");
    assertTrue(use.admits(Duration.ofSeconds(60)));
    assertFalse(use.admits(Duration.ofSeconds(61)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | route | object",
        "{\"task_typ\":\"bulk\"} | route.task_typ | task_type",
        "{\"task_type\":\"hard\"} | route.task_type | structured",
        "{\"task_type\":4} | route.task_type | string",
        "{\"quality_threshold\":11} | route.quality_threshold | 0 to 10",
        "{\"fallbacks\":\"a/b\"} | route.fallbacks | list",
        "{\"fallbacks\":[4,\"\"]} | route.fallbacks | list",
        "{\"max_cost_usd\":-1} | route.max_cost_usd | above 0",
        "{\"max_cost_usd\":1e30} | route.max_cost_usd | leave it out",
        "{\"max_cost_usd\":1e999999} | route.max_cost_usd | USD",
        "{\"cache\":\"never\"} | route.cache | refresh",
        "{\"timeout_ms\":1.5} | route.timeout_ms | whole",
        "{\"timeout_ms\":0} | route.timeout_ms | above 0",
        "{\"validate\":{\"regex\":\"x\"}} | route.validate | rules",
        "{\"validate\":{\"schema\":4}} | route.validate | Schema",
        "{\"validate\":{\"rules\":\"x\"}} | route.validate.rules | list",
        "{\"validate\":{\"rules\":[4]}} | route.validate.rules | expressions",
        "{\"best_effort\":\"always\"} | route.best_effort | last",
        "{\"dry_run\":\"yes\"} | route.dry_run | true or false"
      })
  void a_hint_that_means_nothing_is_refused_with_its_place_and_what_to_write(
      String route, String place, String remedy) {
    ApiError error = refused(route, Map.of());
    assertEquals(400, error.status());
    assertEquals(place, error.param());
    assertTrue(error.message().contains(remedy), error.message());
  }

  @ParameterizedTest
  @CsvSource({
    "x-task-type, hard",
    "x-quality-threshold, good",
    "x-max-cost-usd, free",
    "x-timeout-ms, soon",
    "x-dry-run, perhaps",
    "x-best-effort, first",
    "x-tags, novalue",
    "cache-control, max-age=x"
  })
  void so_is_a_header(String name, String value) {
    assertEquals(name, refused("null", Map.of(name, value)).param());
  }

  @Test
  void tags_that_the_ledger_cannot_keep_are_refused_and_not_cut() {
    String tag = "t".repeat(400);
    String tags = "a=" + tag + ",b=" + tag + ",c=" + tag + ",d=" + tag;
    assertEquals(4, parsed("null", Map.of("x-tags", tags), Hints.NONE).tags().size());
    String more = tags + ",e=" + tag + ",f=" + tag + ",g=" + tag + ",h=" + tag;
    assertTrue(refused("null", Map.of("x-tags", more)).message().contains("3072"));
  }

  @Test
  void only_hints_that_change_the_answer_tell_cached_answers_apart() throws Exception {
    assertEquals(
        "", route("{\"max_cost_usd\":1,\"timeout_ms\":5,\"cache\":\"refresh\"}").answerDefining());
    assertNotEquals(
        route("{\"task_type\":\"bulk\"}").answerDefining(),
        route("{\"task_type\":\"complex\"}").answerDefining());
    assertNotEquals(
        route("{\"validate\":{\"rules\":[\"true\"]}}").answerDefining(),
        route("{\"validate\":{\"rules\":[\"false\"]}}").answerDefining());
    assertNotEquals(
        route("{\"best_effort\":\"last\"}").answerDefining(),
        route("{\"best_effort\":\"none\"}").answerDefining());
    assertNull(Hints.NONE.validate());
  }

  private static Hints route(String json) throws BadHint, NotJson {
    return HintsReader.route(Json.parse(json), "route");
  }

  private static Hints parsed(String route, Map<String, String> headers, Hints key) {
    return assertInstanceOf(ChatRequest.Parsed.Good.class, parse(route, headers, key))
        .request()
        .hints();
  }

  private static ApiError refused(String route, Map<String, String> headers) {
    return assertInstanceOf(ChatRequest.Parsed.Bad.class, parse(route, headers, Hints.NONE))
        .error();
  }

  private static ChatRequest.Parsed parse(String route, Map<String, String> headers, Hints key) {
    String body =
        "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"route\":"
            + route
            + "}";
    return ChatRequest.parse(
        body.getBytes(StandardCharsets.UTF_8), name -> Optional.ofNullable(headers.get(name)), key);
  }
}
