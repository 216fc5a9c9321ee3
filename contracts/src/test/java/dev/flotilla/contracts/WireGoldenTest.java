package dev.flotilla.contracts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.flotilla.contracts.decision.Decision;
import dev.flotilla.contracts.decision.DecisionHop;
import dev.flotilla.contracts.decision.DecisionSignal;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.LedgerEntry;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What outsiders see on the wire; a difference to a golden file is a change of the format. */
class WireGoldenTest {
  private final Jsonb jsonb = JsonbBuilder.create();

  private static final LedgerEntry ENTRY =
      new LedgerEntry(
          "0197a2b4-0000-7000-8000-000000000001",
          "settled",
          "req_1",
          null,
          null,
          null,
          "chat",
          "growth",
          "k_1",
          null,
          "bulk",
          "deepseek",
          "deepseek/deepseek-chat",
          "deepseek-chat",
          "sha256:00",
          false,
          Instant.parse("2026-11-21T10:00:00.123Z"),
          Instant.parse("2026-11-21T10:00:00.987Z"),
          "ok",
          "stop",
          "chatcmpl-1",
          false,
          AttemptUsage.text(120, 0, 52, 0),
          21_300L,
          0,
          90_000,
          Map.of("feature", "search"),
          null,
          "0197a2b4-0000-4000-8000-0000000000aa");

  private static final Decision DECISION =
      new Decision(
          "req_1",
          Instant.parse("2026-11-21T10:00:00.120Z"),
          "growth",
          "k_1",
          null,
          "chat",
          "bulk",
          0.57,
          "rules",
          List.of("keyword:translate"),
          "miss",
          "deepseek/deepseek-chat",
          false,
          1,
          "timeout",
          "success",
          200,
          false,
          4,
          1_230,
          "0af7651916cd43dd8448eb211c80319c",
          Map.of("feature", "search"),
          "openai/gpt-5.6",
          "sha256:00",
          AttemptUsage.text(120, 0, 52, 0),
          List.of(new DecisionSignal("rules", "bulk", 0.57)),
          List.of(new DecisionHop("openai/gpt-5.6-mini", "timeout")));

  @Test
  void a_ledger_entry_is_written_as_the_golden_file_says() throws IOException {
    assertEquals(golden("ledger-entry"), jsonb.toJson(ENTRY));
  }

  @Test
  void a_ledger_entry_is_read_back_as_it_was() throws IOException {
    assertEquals(ENTRY, jsonb.fromJson(golden("ledger-entry"), LedgerEntry.class));
  }

  @Test
  void an_unknown_cost_stays_unknown_and_an_unknown_field_is_ignored() throws IOException {
    String newer =
        golden("ledger-entry").replace("\"cost_nanos\":21300", "\"from_the_future\":[1]");
    assertNull(jsonb.fromJson(newer, LedgerEntry.class).costNanos());
  }

  @Test
  void a_decision_is_written_as_the_golden_file_says() throws IOException {
    assertEquals(golden("decision"), jsonb.toJson(DECISION));
  }

  @Test
  void a_decision_of_a_router_that_knows_no_signals_is_read() throws IOException {
    String older = golden("decision").replaceFirst("\"signals\":\\[[^]]*],", "");
    assertNull(jsonb.fromJson(older, Decision.class).signals());
  }

  @Test
  void a_decision_is_read_back_as_it_was() throws IOException {
    assertEquals(DECISION, jsonb.fromJson(golden("decision"), Decision.class));
  }

  private static String golden(String record) throws IOException {
    try (var in = WireGoldenTest.class.getResourceAsStream("/golden/" + record + ".json")) {
      assertNotNull(in);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }
}
