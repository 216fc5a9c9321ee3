package dev.flotilla.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChaosReportTest {
  private static final Bill BILL = new Bill(10, 4, 20, "", 1);

  @Test
  void an_upstream_bills_as_the_catalogue_prices_rounded_once() {
    // 6 × 140 + 4 × 2.8 + 20 × 280 = 6,451.2
    assertEquals(6_451, BILL.nanos());
    assertEquals(Bill.of("the same"), Bill.of("the same"));
  }

  @Test
  void a_ledger_that_says_what_was_billed_keeps_the_promise() {
    var report =
        report(
            Map.of("a", BILL, "b", BILL),
            Map.of("a", settled(6_451), "b", new LedgerRow("unknown", null, 100, 9_000)));
    assertTrue(report.kept(), report::toString);
    assertEquals(1, report.unknown());
    assertEquals(6_451, report.settledNanos());
  }

  @Test
  void whatever_the_ledger_says_otherwise_breaks_it() {
    assertFalse(report(Map.of("a", BILL), Map.of()).kept(), "lost");
    assertFalse(report(Map.of("a", BILL.again()), Map.of("a", settled(6_451))).kept(), "twice");
    assertFalse(report(Map.of("a", BILL), Map.of("a", settled(6_450))).kept(), "a nano less");
    assertFalse(report(Map.of(), Map.of("a", settled(1))).kept(), "nobody billed it");
    assertFalse(
        report(Map.of("a", BILL), Map.of("a", new LedgerRow("unknown", null, 7_000, 9_000))).kept(),
        "the floor is above the bill");
    assertFalse(
        report(Map.of("a", BILL), Map.of("a", new LedgerRow("void", 0L, 0, 9_000))).kept(),
        "void, though billed");
    var unknown = new LedgerRow("unknown", null, 0, 9_000);
    assertFalse(
        report(
                Map.of("a", BILL, "b", BILL, "c", BILL),
                Map.of("a", unknown, "b", unknown, "c", unknown))
            .kept(),
        "more unknown than can have been in flight");
  }

  /** One kill, two callers. */
  private static ChaosReport report(Map<String, Bill> bills, Map<String, LedgerRow> rows) {
    return ChaosReport.of(
        1,
        10,
        9,
        Map.of("no answer", 1),
        Duration.ofSeconds(3),
        List.of(Victim.ROUTER),
        2,
        bills,
        rows);
  }

  private static LedgerRow settled(long nanos) {
    return new LedgerRow("settled", nanos, 0, 9_000);
  }
}
