package dev.flotilla.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.local.supervision.LocalFleet;
import dev.flotilla.local.supervision.Service;
import dev.flotilla.testkit.Behaviour;
import dev.flotilla.testkit.FaultRow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is killed while requests are answered: the bill of the upstreams and the ledger are the
 * same list, and no caller takes half an answer for a whole one.
 */
class KillIT {
  private static final int CALLERS = 16;
  private static final int BEFORE_A_RESTART = 1_000;
  private static final int BEFORE_A_KILL = 250;
  private static final int AROUND_A_KILL = 500;

  private static final Executor VIRTUAL = Thread::startVirtualThread;

  private final List<Away> away = new ArrayList<>();

  /** What is killed. */
  private enum Victim {
    ROUTER(fleet -> fleet.kill9(Service.ROUTER), fleet -> fleet.awaitReady(Service.ROUTER), 0),
    // Every request fails at once meanwhile, so a few say as much as many.
    PROVIDER(
        fleet -> fleet.kill9(Service.PROVIDER), fleet -> fleet.awaitReady(Service.PROVIDER), 40),
    COST(fleet -> fleet.kill9(Service.COST), fleet -> fleet.awaitReady(Service.COST), 1_000),
    REVIEW(fleet -> fleet.kill9(Service.REVIEW), fleet -> fleet.awaitReady(Service.REVIEW), 1_000),
    POSTGRES(LocalFleet::kill9Postgres, LocalFleet::awaitPostgres, 1_000),
    REDIS(LocalFleet::kill9Redis, LocalFleet::awaitRedis, 1_000);

    private final Consumer<LocalFleet> kill;
    private final Consumer<LocalFleet> awaitBack;
    private final int requestsMeanwhile;

    Victim(Consumer<LocalFleet> kill, Consumer<LocalFleet> awaitBack, int requestsMeanwhile) {
      this.kill = kill;
      this.awaitBack = awaitBack;
      this.requestsMeanwhile = requestsMeanwhile;
    }
  }

  /** When it was gone, by {@link System#nanoTime}. */
  private record Away(Victim victim, long from, long to) {
    /** Whether the request was under way at that time. */
    boolean overlaps(Told one) {
      return one.begun() <= to && one.ended() >= from;
    }
  }

  @Test
  @FaultRow(row = 61, fault = "the router is killed twice among 5,000 requests")
  @FaultRow(row = 65, fault = "provider-service is killed twice among 5,000 requests")
  @FaultRow(row = 66, fault = "cost-service is killed among 5,000 requests")
  @FaultRow(row = 69, fault = "PostgreSQL is killed among 5,000 requests")
  void five_thousand_requests_are_billed_once_and_kept_once_though_everything_was_killed(
      @TempDir Path folder) throws Exception {
    try (var fleet = FleetUnderTest.start(folder);
        var traffic = Traffic.of(fleet, CALLERS)) {
      var upstream = Behaviour.slow(Duration.ofMillis(2), Duration.ofMillis(2));
      fleet.alpha.always(upstream);
      fleet.beta.always(upstream);

      traffic.allow(BEFORE_A_RESTART);
      traffic.awaitEnded(BEFORE_A_RESTART);
      restartEverything(fleet.fleet);
      for (Victim victim :
          List.of(
              Victim.ROUTER,
              Victim.PROVIDER,
              Victim.COST,
              Victim.REVIEW,
              Victim.POSTGRES,
              Victim.REDIS,
              Victim.PROVIDER,
              Victim.ROUTER)) {
        kill(victim, fleet.fleet, traffic);
      }
      traffic.awaitEnded(traffic.begun());

      List<Told> told = traffic.told();
      assertEquals(List.of(), told.stream().filter(one -> !mayEndSo(one)).toList());
      for (Away one : away) {
        long broken = told.stream().filter(t -> disconnected(t) && one.overlaps(t)).count();
        assertTrue(broken <= CALLERS, broken + " connections broke by " + one);
      }
      assertTrue(told.stream().anyMatch(KillIT::disconnected), "nobody noticed a kill");

      var books = Books.once(fleet, fleet.alpha, fleet.beta);
      books.assertTrue();
      var settled = books.settledPerRequest();
      assertEquals(
          List.of(),
          told.stream()
              .filter(Told::complete)
              .filter(one -> settled.getOrDefault(one.header("x-request-id").orElse(""), 0) != 1)
              .toList(),
          "answered, and not settled exactly once");
      assertTrue(
          books.inState("unknown") <= away.size() * CALLERS,
          books.states() + " after " + away.size() + " kills");
      assertTrue(books.inState("unknown") > 0, "no attempt was killed");
      assertEquals(0, fleet.metric(Service.COST, "ledger_price_mismatches_total"));
      assertEquals(0, fleet.metric(Service.PROVIDER, "ledger_dead_letters"));
    }
  }

  private static void restartEverything(LocalFleet fleet) {
    List.of(Service.ROUTER, Service.PROVIDER, Service.COST).forEach(fleet::stop);
    fleet.stopPostgres();
    fleet.startPostgres();
    var starts =
        List.of(Service.COST, Service.PROVIDER, Service.ROUTER).stream()
            .map(service -> CompletableFuture.runAsync(() -> fleet.start(service), VIRTUAL))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(starts).join();
  }

  /** Kills it in the midst of requests, and returns when it is back and more of them have begun. */
  private void kill(Victim victim, LocalFleet fleet, Traffic traffic) throws InterruptedException {
    int before = traffic.begun();
    traffic.allow(AROUND_A_KILL);
    traffic.awaitBegun(before + BEFORE_A_KILL);
    int left = traffic.withdraw();
    int meanwhile = Math.min(left, victim.requestsMeanwhile);
    traffic.allow(meanwhile);
    long from = System.nanoTime();
    victim.kill.accept(fleet);
    victim.awaitBack.accept(fleet);
    away.add(new Away(victim, from, System.nanoTime()));
    traffic.allow(left - meanwhile);
    traffic.awaitBegun(before + AROUND_A_KILL);
  }

  /**
   * Only who was asking at the time may have noticed, and only in a way that cannot be mistaken.
   */
  private boolean mayEndSo(Told one) {
    return switch (one.ending()) {
      case Ending.Complete() -> true;
      case Ending.Misleading(var what) -> false;
      case Ending.Disconnected(var how) -> during(one, Victim.ROUTER);
      case Ending.Announced(var code, var chunks) -> during(one, Victim.PROVIDER);
      case Ending.Refused(int status, var code) -> status >= 500 && during(one, Victim.PROVIDER);
    };
  }

  private boolean during(Told one, Victim victim) {
    return away.stream().anyMatch(a -> a.victim == victim && a.overlaps(one));
  }

  private static boolean disconnected(Told one) {
    return one.ending() instanceof Ending.Disconnected;
  }
}
