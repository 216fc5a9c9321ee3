package dev.flotilla.provider.lease;

import static dev.flotilla.provider.lease.FakeTreasury.budget;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.provider.lease.Clearance.Cleared;
import dev.flotilla.provider.lease.Clearance.Refused;
import dev.flotilla.provider.lease.Clearance.Unverifiable;
import io.helidon.microprofile.metrics.RegistryFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BudgetGateTest {
  private static final Payer PAYER = new Payer("growth", "k_1", null, null);
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Duration PATIENCE = Duration.ofMillis(50);

  @TempDir private Path folder;

  private final AtomicLong skipped = new AtomicLong();
  private final MetricRegistry metrics =
      RegistryFactory.getInstance()
          .getRegistry(BudgetGateTest.class.getSimpleName() + System.nanoTime());

  @Test
  void a_team_without_a_budget_is_asked_about_once_and_costs_nothing() {
    var treasury = new FakeTreasury(0);
    BudgetGate gate = gate(treasury);
    for (int i = 0; i < 1_000; i++) {
      assertNull(cleared(gate, 1_000).lease());
    }
    assertEquals(1, treasury.questions());
    assertEquals(0, treasury.renewals());
  }

  @Test
  void nobody_is_asked_while_a_lease_lasts() {
    var treasury = new FakeTreasury(1_000_000, budget("block", "serve"));
    BudgetGate gate = gate(treasury);
    for (int i = 0; i < 50; i++) {
      cleared(gate, 1_000).settle(900);
    }
    assertEquals(1, treasury.renewals(), "a share of 50,000 lasts for 50 of these");
  }

  @Test
  void a_budget_is_spent_to_its_last_attempt_and_never_beyond() {
    var treasury = new FakeTreasury(100_000, budget("block", "serve"));
    BudgetGate gate = gate(treasury);
    long spent = 0;
    while (gate.clear(PAYER, false, 1_000, NOW, PATIENCE) instanceof Cleared(Hold hold)) {
      hold.settle(300);
      spent += 300;
    }
    assertTrue(spent <= 100_000, "spent " + spent);
    assertTrue(spent >= 99_000, "only " + spent);
  }

  @Test
  void two_hundred_at_once_spend_nearly_all_and_never_more() throws Exception {
    var treasury = new FakeTreasury(1_000_000, budget("block", "serve"));
    BudgetGate gate = gate(treasury);
    var spent = new AtomicLong();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 10; round++) {
        threads.invokeAll(
            IntStream.range(0, 200)
                .<Callable<Boolean>>mapToObj(i -> () -> spends(gate, 5_000, 700, spent))
                .toList());
      }
    }
    assertTrue(spent.get() <= 1_000_000, "overshoot: " + spent);
    assertTrue(spent.get() >= 990_000, "only " + spent);
  }

  private static boolean spends(BudgetGate gate, long ceiling, long cost, AtomicLong spent) {
    if (gate.clear(PAYER, false, ceiling, NOW, Duration.ofSeconds(5)) instanceof Cleared(Hold h)) {
      spent.addAndGet(cost);
      h.settle(cost);
      return true;
    }
    return false;
  }

  @Test
  void a_call_waits_for_others_to_end_when_that_leaves_enough() throws Exception {
    var treasury = new FakeTreasury(1_000, budget("block", "serve"));
    BudgetGate gate = gate(treasury);
    Hold first = cleared(gate, 900);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var second = threads.submit(() -> gate.clear(PAYER, false, 900, NOW, Duration.ofSeconds(30)));
      first.settle(50);
      assertInstanceOf(Cleared.class, second.get());
    }
  }

  @Test
  void a_budget_without_enough_refuses_and_says_what_is_left_until_when() {
    BudgetGate gate = gate(new FakeTreasury(1_000, budget("block", "serve")));
    cleared(gate, 900).settle(900);
    var refused = assertInstanceOf(Refused.class, gate.clear(PAYER, false, 200, NOW, PATIENCE));
    assertEquals("team:growth", refused.refusal().budget());
    assertEquals(FakeTreasury.RESETS, refused.refusal().resetsAt());
    assertEquals(false, refused.cheaper());
  }

  @Test
  void a_budget_that_downgrades_says_that_there_is_more_for_the_cheapest() {
    BudgetGate gate = gate(new FakeTreasury(1_000, budget("downgrade", "serve")));
    var refused = assertInstanceOf(Refused.class, gate.clear(PAYER, false, 2_000, NOW, PATIENCE));
    assertTrue(refused.cheaper());
    refused = assertInstanceOf(Refused.class, gate.clear(PAYER, true, 2_000, NOW, PATIENCE));
    assertEquals(false, refused.cheaper());
  }

  @Test
  void with_cost_service_away_a_lease_is_used_up_and_then_the_budget_decides() {
    for (String policy : new String[] {"serve", "refuse"}) {
      var treasury = new FakeTreasury(100_000, budget("block", policy));
      BudgetGate gate = gate(treasury);
      cleared(gate, 1_000);
      treasury.away(true);
      for (int i = 0; i < 4; i++) {
        assertEquals(true, cleared(gate, 1_000).lease() != null);
      }
      Clearance after = gate.clear(PAYER, false, 1_000, NOW, PATIENCE);
      if (policy.equals("serve")) {
        assertNull(assertInstanceOf(Cleared.class, after).hold().lease());
      } else {
        assertEquals("team:growth", assertInstanceOf(Unverifiable.class, after).budget());
      }
      treasury.away(false);
      assertEquals(true, cleared(gate, 1_000).lease() != null);
    }
  }

  @Test
  void an_attempt_of_the_next_period_takes_from_another_lease() {
    BudgetGate gate = gate(new FakeTreasury(100_000, budget("block", "serve")));
    Hold before = cleared(gate, 100);
    var after =
        assertInstanceOf(
            Cleared.class, gate.clear(PAYER, false, 100, FakeTreasury.RESETS, PATIENCE));
    assertNotEquals(before.lease(), after.hold().lease());
  }

  @Test
  void a_budget_that_is_gone_limits_nobody() {
    var treasury = new FakeTreasury(1_000, budget("block", "serve"));
    BudgetGate gate = gate(treasury);
    cleared(gate, 1_000).settle(1_000);
    treasury.budgets();
    assertNull(cleared(gate, 5_000).lease());
  }

  @Test
  void everything_that_is_not_in_use_is_given_back_at_the_end() {
    var treasury = new FakeTreasury(1_000_000, budget("block", "serve"));
    BudgetGate gate = gate(treasury);
    cleared(gate, 1_000).settle(400);
    cleared(gate, 1_000);
    gate.close();
    assertEquals(1_400, treasury.out(), "400 spent, 1000 in flight");
  }

  @Test
  void what_was_not_used_for_the_life_of_a_lease_is_given_back() {
    var treasury = new FakeTreasury(1_000_000, budget("block", "serve"));
    BudgetGate gate = gate(treasury);
    cleared(gate, 1_000).settle(400);
    gate.tidy();
    assertEquals(50_000, treasury.out());
    skipped.addAndGet(Duration.ofSeconds(61).toNanos());
    gate.tidy();
    assertEquals(400, treasury.out());
    cleared(gate, 1_000).settle(400);
    assertEquals(3, treasury.renewals(), "granted, given back, granted");
  }

  @Test
  void a_limit_that_was_lowered_takes_back_what_is_not_in_use() {
    var treasury = new FakeTreasury(1_000_000, budget("block", "serve", 1));
    BudgetGate gate = gate(treasury);
    cleared(gate, 1_000).settle(400);
    cleared(gate, 1_000);
    assertEquals(50_000, treasury.out());
    treasury.limit(3_000);
    treasury.budgets(budget("block", "serve", 2));
    // What was believed until now is asked about again beside this call; the lease still lasts.
    skipped.addAndGet(Duration.ofSeconds(6).toNanos());
    cleared(gate, 1_000).settle(600);
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (treasury.out() > 3_000) {
      assertTrue(System.nanoTime() < end, treasury.out() + " are still out");
      gate.tidy();
    }
    // A thousand are spent, and as many in flight.
    assertInstanceOf(Refused.class, gate.clear(PAYER, false, 2_000, NOW, PATIENCE));
  }

  @Test
  void a_budget_that_was_made_while_nobody_called_holds_for_the_first_who_do() {
    var treasury = new FakeTreasury(1_000);
    BudgetGate gate = gate(treasury);
    assertNull(cleared(gate, 5_000).lease());
    treasury.budgets(budget("block", "serve"));
    skipped.addAndGet(Duration.ofMinutes(3).toNanos());
    assertInstanceOf(Refused.class, gate.clear(PAYER, false, 5_000, NOW, PATIENCE));
    treasury.away(true);
    skipped.addAndGet(Duration.ofMinutes(3).toNanos());
    cleared(gate, 5_000);
    assertEquals(3, treasury.questions(), "while nobody answers what was known is believed");
  }

  @Test
  void an_instance_that_starts_while_cost_service_is_away_knows_which_budgets_refuse() {
    var treasury = new FakeTreasury(100_000, budget("block", "refuse"));
    cleared(gate(treasury), 1_000);
    treasury.away(true);
    BudgetGate restarted = gate(treasury);
    var another = new Payer("growth", "k_never_seen", null, null);
    for (Payer payer : new Payer[] {PAYER, another}) {
      var verdict = restarted.clear(payer, false, 1_000, NOW, PATIENCE);
      assertEquals("team:growth", assertInstanceOf(Unverifiable.class, verdict).budget());
    }
    var others = new Payer("others", "k_2", null, null);
    assertNull(
        assertInstanceOf(Cleared.class, restarted.clear(others, false, 1_000, NOW, PATIENCE))
            .hold()
            .lease());
    treasury.away(false);
    treasury.budgets();
    gate(treasury).clear(another, false, 1_000, NOW, PATIENCE);
    // The refreshed one hears it beside a call; one that starts now asks first.
    assertNull(cleared(gate(treasury), 1_000).lease());
    treasury.away(true);
    assertNull(cleared(gate(treasury), 1_000).lease(), "the budget is gone, and so is its word");
  }

  @Test
  void a_file_of_budgets_that_cannot_be_read_is_as_good_as_none() throws Exception {
    Files.writeString(folder.resolve("budgets.json"), "{\"budgets\":[{");
    var treasury = new FakeTreasury(100_000, budget("block", "refuse"));
    treasury.away(true);
    assertNull(cleared(gate(treasury), 1_000).lease());
    treasury.away(false);
    cleared(gate(treasury), 1_000);
    assertTrue(Files.readString(folder.resolve("budgets.json")).contains("team:growth"));
  }

  @Test
  void what_an_attempt_costs_beyond_its_ceiling_is_counted_as_overshoot() {
    BudgetGate gate = gate(new FakeTreasury(100_000, budget("block", "serve")));
    cleared(gate, 1_000).settle(900);
    assertEquals(0, overshoot("above_ceiling"));
    cleared(gate, 1_000).settle(1_250);
    assertEquals(250, overshoot("above_ceiling"));
  }

  @Test
  void a_holder_keeps_its_name_and_not_its_life() {
    Holder first = Holder.of(folder);
    Holder second = Holder.of(folder);
    assertEquals(first.name(), second.name());
    assertNotEquals(first.life(), second.life());
  }

  private long overshoot(String reason) {
    return metrics
        .getCounter(new MetricID(MetricNames.BUDGET_OVERSHOOT, new Tag("reason", reason)))
        .getCount();
  }

  private Hold cleared(BudgetGate gate, long nanos) {
    return assertInstanceOf(Cleared.class, gate.clear(PAYER, false, nanos, NOW, PATIENCE)).hold();
  }

  private BudgetGate gate(FakeTreasury treasury) {
    return new BudgetGate(
        treasury,
        new Holder("holder", "life"),
        RememberedBudgets.in(folder),
        new LeaseConfig(Duration.ofSeconds(5), Duration.ofSeconds(1), false),
        new LeaseMetrics(metrics),
        () -> true,
        () -> System.nanoTime() + skipped.get());
  }
}
