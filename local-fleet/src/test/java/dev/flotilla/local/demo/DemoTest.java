package dev.flotilla.local.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.local.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemoTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final Terminal out =
      new Terminal(new PrintStream(printed, true, StandardCharsets.UTF_8), false);

  @Test
  void a_fleet_that_keeps_its_word_passes() throws Exception {
    try (var router = new FakeRouter()) {
      assertTrue(new Demo(router.client(), true, out).run(true), this::text);
    }
    var document = document();
    assertTrue(document.path("ok").asBoolean());
    assertEquals(14, document.path("totals").path("requests").asInt());
    assertEquals(1, document.path("totals").path("cache_hits").asInt());
    assertEquals(1, document.path("totals").path("fallbacks").asInt());
    var spent = FakeRouter.PRICE.multiply(new BigDecimal(13)).toPlainString();
    assertEquals(spent, document.path("totals").path("cost").asText());
    assertEquals(0.0714, document.path("totals").path("fallback_rate").asDouble());
    assertEquals("0.0007444", document.path("savings").path("saved").asText());
    assertEquals("saved = all told", document.path("savings").path("definition").path(0).asText());
    assertEquals("approve", document.path("review").path("decision").asText());
    assertEquals(3, document.path("review").path("votes").path("approve").asInt());
    assertEquals("0.003", document.path("review").path("cost").asText());
    assertEquals(
        spent, document.path("ledger").path("cost").asText(), "what was spent before is left out");
  }

  @Test
  void the_stream_tells_its_cost_in_the_last_chunk() throws Exception {
    try (var router = new FakeRouter()) {
      new Demo(router.client(), true, out).run(true);
    }
    for (var request : document().path("requests")) {
      if (request.path("streamed").asBoolean()) {
        assertEquals("0.0000213", request.path("cost").asText());
        assertEquals(30, request.path("completion_tokens").asInt());
        return;
      }
    }
    throw new AssertionError("nothing was streamed");
  }

  @Test
  void a_second_demo_is_not_answered_from_the_first_ones_cache() throws Exception {
    try (var router = new FakeRouter()) {
      assertTrue(new Demo(router.client(), true, out).run(false), this::text);
      printed.reset();
      assertTrue(new Demo(router.client(), true, out).run(true), this::text);
    }
    assertEquals(1, document().path("totals").path("cache_hits").asInt());
  }

  @Test
  void a_cost_the_ledger_misses_fails_it_and_says_both_sums() throws Exception {
    try (var router = new FakeRouter()) {
      router.losesCosts();
      assertFalse(new Demo(router.client(), true, out, Duration.ofMillis(1)).run(false));
    }
    assertTrue(
        text().contains("the ledger has every cost: NO (answers 0.0002769, ledger 0)"), this::text);
  }

  @Test
  void a_panel_with_an_empty_seat_fails_it() throws Exception {
    try (var router = new FakeRouter()) {
      router.losesReviewers();
      assertFalse(new Demo(router.client(), true, out).run(false));
    }
    assertTrue(
        text()
            .contains("three independent reviewers judged, and the ledger has what they cost: NO"),
        this::text);
  }

  @Test
  void the_summary_says_what_saved_means() throws Exception {
    try (var router = new FakeRouter()) {
      new Demo(router.client(), true, out).run(false);
    }
    var lines = text().lines().toList();
    var summary = lines.subList(lines.indexOf("in all") + 1, lines.size());
    assertTrue(summary.get(0).startsWith("cost           0.0002769 USD"), this::text);
    assertTrue(
        summary.get(1).contains("0.0007444 USD")
            && summary.get(1).endsWith("against sim-north/flagship for everything"),
        this::text);
    assertTrue(summary.get(2).matches("cache hits +1 +of 14 requests"), this::text);
    assertTrue(summary.get(3).contains("7.1 %"), this::text);
    assertTrue(summary.get(4).contains("two-of-three: 3 approve; 0.003 USD"), this::text);
    assertTrue(lines.contains("saved = all told"), this::text);
  }

  @Test
  void with_real_providers_nothing_is_broken_on_purpose() throws Exception {
    try (var router = new FakeRouter()) {
      assertTrue(new Demo(router.client(), false, out).run(false), this::text);
    }
    assertFalse(text().contains(":500"));
    assertTrue(
        text()
            .contains(
                "a broken provider was replaced by the next: skipped (skipped: real providers"),
        this::text);
  }

  @Test
  void the_table_shows_what_the_router_said() throws Exception {
    try (var router = new FakeRouter()) {
      new Demo(router.client(), true, out).run(false);
    }
    var first = text().lines().skip(1).findFirst().orElseThrow();
    assertTrue(first.startsWith("Translate to Spanish: The ferry to the isla…  bulk"), first);
    assertTrue(first.endsWith("sim-north/fast  12   30  0.0000213  MISS"), first);
  }

  private JsonNode document() throws IOException {
    return RouterClient.JSON.readTree(printed.toByteArray());
  }

  private String text() {
    return printed.toString(StandardCharsets.UTF_8);
  }
}
