package dev.flotilla.provider.lease;

import static dev.flotilla.provider.lease.FakeTreasury.budget;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.provider.lease.Clearance.Cleared;
import dev.flotilla.provider.lease.Clearance.Refused;
import dev.flotilla.provider.lease.Clearance.Unverifiable;
import dev.flotilla.testkit.TcpGate;
import io.helidon.config.mp.MpConfigSources;
import io.helidon.microprofile.metrics.RegistryFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cost-service that thinks for longer than anybody waits for it. */
class LateTreasuryIT {
  private static final Payer PAYER = new Payer("growth", "k_1", null, null);
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long LIMIT = 200_000;
  private static final long COST = 5_000;

  @TempDir private Path folder;

  private final MetricRegistry metrics =
      RegistryFactory.getInstance()
          .getRegistry(LateTreasuryIT.class.getSimpleName() + System.nanoTime());
  private final AtomicLong spent = new AtomicLong();
  private final AtomicLong spentUncovered = new AtomicLong();
  private final AtomicInteger unverifiable = new AtomicInteger();

  @Test
  void a_budget_that_serves_is_exceeded_by_what_the_counter_of_overshoot_says_and_no_more()
      throws Exception {
    var treasury = new FakeTreasury(LIMIT, budget("block", "serve"));
    spendWhileItThinks(treasury);
    assertEquals(0, unverifiable.get());
    assertTrue(spent.get() > LIMIT, "the late answer kept nobody from spending: " + spent);
    assertEquals(spentUncovered.get(), overshoot());
    assertTrue(spent.get() - LIMIT <= overshoot(), spent + " spent, overshoot " + overshoot());
  }

  @Test
  void a_budget_that_refuses_is_not_exceeded() throws Exception {
    var treasury = new FakeTreasury(LIMIT, budget("block", "refuse"));
    spendWhileItThinks(treasury);
    assertTrue(unverifiable.get() > 0, "nobody was refused");
    assertEquals(LIMIT, spent.get(), "all of it and no more");
    assertEquals(0, overshoot());
  }

  @Test
  void only_those_who_found_it_away_have_waited_for_it() throws Exception {
    var treasury = new FakeTreasury(LIMIT, budget("block", "serve"));
    try (var door = LeaseDoor.of(treasury);
        var between = TcpGate.to("127.0.0.1", door.port());
        var gate = gate(between.port())) {
      awaitCovered(gate);
      between.hold();
      while (spentUncovered.get() == 0) {
        spend(gate);
      }
      long began = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        assertInstanceOf(Cleared.class, spend(gate));
      }
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      assertTrue(took.toSeconds() < 15, "100 calls waited for " + took);
    }
  }

  /** Two hundred at once while no answer comes through, then one after the other to the end. */
  private void spendWhileItThinks(FakeTreasury treasury) throws Exception {
    try (var door = LeaseDoor.of(treasury);
        var between = TcpGate.to("127.0.0.1", door.port());
        var gate = gate(between.port());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      awaitCovered(gate);
      between.hold();
      threads.invokeAll(
          IntStream.range(0, 200).<Callable<Clearance>>mapToObj(i -> () -> spend(gate)).toList());
      between.letGo();
      long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (!(spend(gate) instanceof Refused)) {
        assertTrue(System.nanoTime() < end, "it was never asked again");
      }
      assertTrue(treasury.out() <= LIMIT, treasury.out() + " were granted");
    }
  }

  /** The first answer of a new JVM on a busy machine may be a late one. */
  private void awaitCovered(BudgetGate gate) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!(spend(gate) instanceof Cleared(Hold hold) && hold.lease() != null)) {
      assertTrue(System.nanoTime() < end, "it never granted anything");
    }
  }

  private Clearance spend(BudgetGate gate) {
    Clearance verdict = gate.clear(PAYER, false, COST, NOW, PATIENCE);
    switch (verdict) {
      case Cleared(Hold hold) -> {
        spent.addAndGet(COST);
        if (hold.lease() == null) {
          spentUncovered.addAndGet(COST);
        }
        hold.settle(COST);
      }
      case Unverifiable(_) -> unverifiable.incrementAndGet();
      case Refused(_, _) -> {}
    }
    return verdict;
  }

  private long overshoot() {
    return metrics
        .getCounter(new MetricID(MetricNames.BUDGET_OVERSHOOT, new Tag("reason", "ledger_away")))
        .getCount();
  }

  private BudgetGate gate(int port) {
    var config =
        ConfigProviderResolver.instance()
            .getBuilder()
            .withSources(
                MpConfigSources.create(
                    Map.of(
                        "flotilla.cost.url",
                        "http://127.0.0.1:" + port,
                        "flotilla.budgets.time-box",
                        "PT0.3S")))
            .build();
    var gate =
        new BudgetGate(
            new RestTreasury(new Settings(config), new ServiceToken("0123456789abcdef")),
            folder,
            new LeaseConfig(Duration.ofSeconds(5), Duration.ofSeconds(1), false),
            new LeaseMetrics(metrics),
            () -> true);
    gate.start();
    return gate;
  }
}
