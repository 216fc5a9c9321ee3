package dev.flotilla.provider.spool;

import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.EntryState;
import dev.flotilla.contracts.ledger.LedgerEntry;
import java.time.Instant;
import java.util.Map;

/** Entries for tests. */
final class Entries {
  private static final Instant START = Instant.parse("2026-11-21T10:00:00.123456Z");

  private Entries() {}

  static LedgerEntry intent(String attempt) {
    return new LedgerEntry(
        attempt,
        EntryState.UNKNOWN,
        "req_" + attempt,
        null,
        null,
        null,
        "chat",
        "growth",
        "k_1",
        null,
        "bulk",
        "deepseek",
        "deepseek/deepseek-v4-flash",
        null,
        "sha256:00",
        false,
        START,
        null,
        null,
        null,
        null,
        false,
        AttemptUsage.NONE,
        null,
        0,
        90_000,
        Map.of("feature", "ä"),
        null,
        null);
  }

  static LedgerEntry progress(LedgerEntry intent, long floorNanos) {
    return intent.running("deepseek-v4-flash", "chatcmpl-1", floorNanos);
  }

  static LedgerEntry outcome(LedgerEntry intent) {
    return intent.ended(
        EntryState.SETTLED,
        START.plusSeconds(1),
        Outcomes.OK,
        "deepseek-v4-flash",
        "stop",
        "chatcmpl-1",
        AttemptUsage.text(100, 20, 50, 0),
        28_056L);
  }
}
