package dev.flotilla.provider.lease;

import dev.flotilla.contracts.lease.Coverage;
import dev.flotilla.contracts.lease.CoveringBudget;
import dev.flotilla.contracts.lease.LeaseDemand;
import dev.flotilla.contracts.lease.LeaseGrant;
import dev.flotilla.contracts.lease.LeaseRefusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** One budget in memory, with cost-service's arithmetic. Thread-safe. */
final class FakeTreasury implements Treasury {
  static final Instant RESETS = Instant.parse("2026-12-01T00:00:00Z");

  private long limit;
  private final Map<UUID, Long> granted = new HashMap<>();
  private final Map<UUID, Long> returned = new HashMap<>();
  private final List<String> released = new ArrayList<>();
  private List<CoveringBudget> budgets;
  private double share = 0.05;
  private boolean away;
  private int renewals;
  private int questions;

  FakeTreasury(long limit, CoveringBudget... budgets) {
    this.limit = limit;
    this.budgets = List.of(budgets);
  }

  static CoveringBudget budget(String onExceeded, String onLedgerAway) {
    return budget(onExceeded, onLedgerAway, 1);
  }

  static CoveringBudget budget(String onExceeded, String onLedgerAway, long revision) {
    return new CoveringBudget("team:growth", onExceeded, onLedgerAway, revision);
  }

  synchronized void away(boolean now) {
    away = now;
  }

  synchronized void limit(long now) {
    limit = now;
  }

  synchronized void share(double now) {
    share = now;
  }

  synchronized void budgets(CoveringBudget... now) {
    budgets = List.of(now);
  }

  synchronized int renewals() {
    return renewals;
  }

  synchronized int questions() {
    return questions;
  }

  synchronized List<String> released() {
    return List.copyOf(released);
  }

  /** Granted and not given back. */
  synchronized long out() {
    return granted.values().stream().mapToLong(Long::longValue).sum()
        - returned.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public synchronized Coverage coverage(Payer payer) {
    questions++;
    answer();
    return new Coverage(5_000, budgets);
  }

  @Override
  public synchronized LeaseGrant renew(UUID lease, LeaseDemand demand) {
    renewals++;
    answer();
    returned.merge(lease, demand.returnedNanos(), Math::max);
    long before = granted.getOrDefault(lease, 0L);
    if (budgets.isEmpty()) {
      return new LeaseGrant(before, true, 60_000, null, List.of(), null);
    }
    long available = limit - out();
    LeaseRefusal refusal = null;
    if (demand.needNanos() > available) {
      refusal =
          new LeaseRefusal(
              budgets.getFirst().id(), budgets.getFirst().onExceeded(), limit, available, RESETS);
    } else if (demand.needNanos() > 0) {
      long grant =
          Math.min(
              available,
              Math.max(
                  demand.needNanos(), Math.max((long) (available * share), demand.wantedNanos())));
      granted.put(lease, before + grant);
    }
    return new LeaseGrant(granted.getOrDefault(lease, 0L), false, 60_000, RESETS, budgets, refusal);
  }

  @Override
  public synchronized void releaseEarlierLives(String holder, String life) {
    answer();
    released.add(holder);
  }

  private void answer() {
    if (away) {
      throw new AwayException("as asked");
    }
  }
}
