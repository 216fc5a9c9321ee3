package dev.flotilla.provider.lease;

import dev.flotilla.contracts.lease.CoveringBudget;
import dev.flotilla.contracts.lease.LeaseDemand;
import dev.flotilla.contracts.lease.LeaseGrant;
import dev.flotilla.contracts.lease.LeaseRefusal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What this instance may spend of one set of budgets. Attempts draw on it without asking anybody;
 * when it runs short one of them asks for more, for all that wait. Thread-safe.
 */
final class Purse {
  /** A budget that was found empty is not asked again at once, unless less is needed. */
  private static final long BELIEVE_REFUSAL_NANOS = Duration.ofMillis(200).toNanos();

  private final List<String> budgets;
  private final boolean cheapest;
  private final Treasury treasury;
  private final Holder holder;
  private final LeaseMetrics metrics;
  private final LongSupplier nanoTime;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // All below is guarded by the lock.
  private Account current = new Account();
  private final List<Account> retired = new ArrayList<>();
  private boolean asking;
  private long waiting;
  private @Nullable LeaseRefusal refusal;
  private long refusalEnds;
  private @Nullable Payer lastPayer;
  private long revision;

  Purse(
      List<String> budgets,
      boolean cheapest,
      Treasury treasury,
      Holder holder,
      LeaseMetrics metrics,
      LongSupplier nanoTime) {
    this.budgets = List.copyOf(budgets);
    this.cheapest = cheapest;
    this.treasury = treasury;
    this.holder = holder;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
  }

  /** What came of reaching into it. */
  sealed interface Taken {
    record Money(Hold hold) implements Taken {}

    record Refused(LeaseRefusal refusal) implements Taken {}

    /** Nobody can be asked for more. */
    record Away() implements Taken {}

    /** These budgets cover the payer now. */
    record OtherBudgets(List<CoveringBudget> budgets) implements Taken {}
  }

  private sealed interface Step {
    record Done(Taken taken) implements Step {}

    record Ask(Account account, LeaseDemand demand) implements Step {}
  }

  /**
   * Takes money for an attempt.
   *
   * @param patience how long to wait when attempts in flight may leave enough over
   */
  Taken take(Payer payer, long nanos, Instant startedAt, Duration patience)
      throws InterruptedException {
    long giveUpAt = nanoTime.getAsLong() + patience.toNanos();
    boolean asked = false;
    while (true) {
      switch (step(payer, nanos, asked ? Instant.MIN : startedAt, giveUpAt)) {
        case Step.Done(Taken taken) -> {
          return taken;
        }
        case Step.Ask(Account account, LeaseDemand demand) -> {
          // Once asked, what was given is taken, even if the clocks do not agree on the period.
          asked = true;
          Taken end = ask(account, demand);
          if (end != null) {
            return end;
          }
        }
      }
    }
  }

  private Step step(Payer payer, long nanos, Instant startedAt, long giveUpAt)
      throws InterruptedException {
    lock.lockInterruptibly();
    waiting += nanos;
    try {
      lastPayer = payer;
      while (true) {
        if (current.isOver(startedAt)) {
          retire(current);
        }
        long shortage = nanos - current.free();
        if (shortage <= 0) {
          current.reserved += nanos;
          return new Step.Done(new Taken.Money(new Drawn(current, nanos)));
        }
        long now = nanoTime.getAsLong();
        if (asking) {
          // Whoever asks is time-boxed and always comes back with a signal.
          changed.await();
          continue;
        }
        LeaseRefusal known = refusal;
        if (known == null || now - refusalEnds >= 0 || shortage <= known.availableNanos()) {
          asking = true;
          return new Step.Ask(current, demand(payer, current, shortage));
        }
        boolean hopeless = shortage - Math.max(0, known.availableNanos()) > inFlight();
        if (hopeless || now - giveUpAt >= 0) {
          return new Step.Done(new Taken.Refused(known));
        }
        long atMost = Math.max(1, Math.min(giveUpAt - now, refusalEnds - now));
        var _ = changed.awaitNanos(atMost);
      }
    } finally {
      waiting -= nanos;
      lock.unlock();
    }
  }

  /** Null when the next step will tell. */
  private @Nullable Taken ask(Account account, LeaseDemand demand) {
    LeaseGrant grant = null;
    try {
      grant = treasury.renew(account.id, demand);
    } catch (Treasury.AwayException e) {
      metrics.renewed(LeaseMetrics.AWAY);
    } finally {
      lock.lock();
      try {
        asking = false;
        if (grant != null) {
          heard(account, demand, grant);
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
    if (grant == null) {
      return new Taken.Away();
    }
    boolean same = grant.budgets().stream().map(CoveringBudget::id).toList().equals(budgets);
    return same ? null : new Taken.OtherBudgets(grant.budgets());
  }

  /**
   * These are the budgets' terms now. When they are newer than those it was filled under, what is
   * not in use goes back: a limit that was lowered holds from then on.
   */
  void under(List<CoveringBudget> terms) {
    lock.lock();
    try {
      heard(terms);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void heard(List<CoveringBudget> terms) {
    long newest = terms.stream().mapToLong(CoveringBudget::revision).max().orElse(0);
    if (newest > revision) {
      if (revision > 0) {
        current.giveBackTheRest();
        refusal = null;
      }
      revision = newest;
    }
  }

  private void heard(Account account, LeaseDemand demand, LeaseGrant grant) {
    // Before what was granted is counted: that was granted under these terms already.
    heard(grant.budgets());
    account.granted = Math.max(account.granted, grant.grantedNanos());
    account.returnedAndTold = Math.max(account.returnedAndTold, demand.returnedNanos());
    account.validUntil = nanoTime.getAsLong() + Duration.ofMillis(grant.validMs()).toNanos();
    if (grant.outdated()) {
      retire(account);
    } else if (grant.endsAt() != null) {
      account.endsAt = grant.endsAt();
    }
    if (demand.needNanos() > 0) {
      refusal = grant.refusal();
      refusalEnds = nanoTime.getAsLong() + BELIEVE_REFUSAL_NANOS;
      metrics.renewed(grant.refusal() == null ? LeaseMetrics.GRANTED : LeaseMetrics.REFUSED);
    }
  }

  private void retire(Account account) {
    if (account == current) {
      current = new Account();
      refusal = null;
      retired.add(account);
    }
  }

  private long inFlight() {
    long sum = current.reserved;
    for (Account account : retired) {
      sum += account.reserved;
    }
    return sum;
  }

  private LeaseDemand demand(Payer payer, Account account, long need) {
    return new LeaseDemand(
        holder.name(),
        holder.life(),
        payer.team(),
        payer.key(),
        payer.project(),
        payer.pipeline(),
        cheapest,
        need,
        Math.max(need, waiting - account.free()),
        account.returned);
  }

  /** Gives back what was not used for a while, and what is left of accounts that are over. */
  void tidy() {
    giveBack(false);
  }

  /** Gives back everything that no attempt has. */
  void giveBackAll() {
    giveBack(true);
  }

  private void giveBack(boolean all) {
    for (Step.Ask each : toGiveBack(all)) {
      try {
        LeaseGrant grant = treasury.renew(each.account().id, each.demand());
        lock.lock();
        try {
          heard(each.account(), each.demand(), grant);
        } finally {
          lock.unlock();
        }
      } catch (Treasury.AwayException e) {
        // It is a total: the next time tells it too.
        metrics.renewed(LeaseMetrics.AWAY);
        return;
      }
    }
  }

  private List<Step.Ask> toGiveBack(boolean all) {
    lock.lock();
    try {
      Payer payer = lastPayer;
      if (payer == null) {
        return List.of();
      }
      var asks = new ArrayList<Step.Ask>();
      long now = nanoTime.getAsLong();
      if (current.granted > 0 && !asking && (all || now - current.validUntil >= 0)) {
        current.giveBackTheRest();
      }
      retired.forEach(Account::giveBackTheRest);
      if (current.returned > current.returnedAndTold) {
        asks.add(new Step.Ask(current, demand(payer, current, 0)));
      }
      for (Account account : retired) {
        if (account.returned > account.returnedAndTold) {
          asks.add(new Step.Ask(account, demand(payer, account, 0)));
        }
      }
      retired.removeIf(
          account -> account.reserved == 0 && account.returned == account.returnedAndTold);
      return asks;
    } finally {
      lock.unlock();
    }
  }

  /** Money that an attempt has. */
  private final class Drawn implements Hold {
    private final Account account;
    private final long reserved;
    private boolean ended;

    Drawn(Account account, long reserved) {
      this.account = account;
      this.reserved = reserved;
    }

    @Override
    public String lease() {
      return account.id.toString();
    }

    @Override
    public void settle(long nanos) {
      lock.lock();
      try {
        if (!ended) {
          ended = true;
          account.reserved -= reserved;
          account.settled += nanos;
          if (nanos > reserved) {
            metrics.overshot(LeaseMetrics.ABOVE_CEILING, nanos - reserved);
          }
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void drop() {
      settle(0);
    }
  }
}
