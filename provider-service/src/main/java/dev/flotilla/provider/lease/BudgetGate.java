package dev.flotilla.provider.lease;

import dev.flotilla.contracts.lease.Coverage;
import dev.flotilla.contracts.lease.CoveringBudget;
import dev.flotilla.contracts.lease.LeaseRefusal;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The last gate before an attempt is written down: is there money for it? Asks cost-service only
 * for payers it does not know and when a lease runs short. Thread-safe.
 */
public final class BudgetGate implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(BudgetGate.class.getName());

  /**
   * Budgets that change with every question are somebody's mistake, not a reason to go on asking.
   */
  private static final int TRIES = 4;

  private final Treasury treasury;
  private final Holder holder;
  private final LeaseConfig config;
  private final LeaseMetrics metrics;
  private final LongSupplier nanoTime;
  private final BooleanSupplier earlierLivesAreShipped;
  private final RememberedBudgets remembered;
  private final Map<Payer, Known> known = new ConcurrentHashMap<>();
  private final Map<PurseKey, Purse> purses = new ConcurrentHashMap<>();
  private final ReentrantLock learning = new ReentrantLock();
  private final CountDownLatch leaving = new CountDownLatch(1);
  private final Thread tidying;

  private record PurseKey(List<String> budgets, boolean cheapest) {}

  /**
   * What is known of a payer.
   *
   * @param budgets those that can refuse
   * @param validUntil from then on somebody asks again beside a call
   * @param staleAt from then on a call waits for the answer
   */
  private record Known(
      List<CoveringBudget> budgets, long validUntil, long staleAt, AtomicBoolean refreshing) {
    PurseKey key(boolean cheapest) {
      boolean downgrades =
          budgets.stream().anyMatch(b -> b.onExceeded().equals(CoveringBudget.DOWNGRADE));
      return new PurseKey(
          budgets.stream().map(CoveringBudget::id).toList(), cheapest && downgrades);
    }

    @Nullable String refusesUnverified() {
      return budgets.stream()
          .filter(b -> b.onLedgerAway().equals(CoveringBudget.REFUSE))
          .map(CoveringBudget::id)
          .findFirst()
          .orElse(null);
    }
  }

  /**
   * @param folder the spool's, where what is known of budgets outlives this process
   * @param earlierLivesAreShipped whether the ledger has everything that was in the spool at the
   *     start
   */
  public BudgetGate(
      RestTreasury treasury,
      Path folder,
      LeaseConfig config,
      LeaseMetrics metrics,
      BooleanSupplier earlierLivesAreShipped) {
    this(
        treasury,
        Holder.of(folder),
        RememberedBudgets.in(folder),
        config,
        metrics,
        earlierLivesAreShipped,
        System::nanoTime);
  }

  BudgetGate(
      Treasury treasury,
      Holder holder,
      RememberedBudgets remembered,
      LeaseConfig config,
      LeaseMetrics metrics,
      BooleanSupplier earlierLivesAreShipped,
      LongSupplier nanoTime) {
    this.treasury = treasury;
    this.holder = holder;
    this.remembered = remembered;
    this.config = config;
    this.metrics = metrics;
    this.earlierLivesAreShipped = earlierLivesAreShipped;
    this.nanoTime = nanoTime;
    this.tidying = Thread.ofVirtual().name("lease-tidying").unstarted(this::tidyAgainAndAgain);
  }

  /** Begins to give back what is not in use. */
  public void start() {
    tidying.start();
  }

  /**
   * Sets aside what an attempt can cost at most.
   *
   * @param cheapest whether its model is of the cheapest tier
   * @param startedAt the period it belongs to
   * @param most how long the call may be kept waiting
   */
  public Clearance clear(
      Payer payer, boolean cheapest, long nanos, Instant startedAt, Duration most) {
    Known about = known(payer);
    Duration patience = most.compareTo(config.patience()) < 0 ? most : config.patience();
    try {
      for (int tries = 0; about != null && tries < TRIES; tries++) {
        if (about.budgets().isEmpty()) {
          return new Clearance.Cleared(Hold.FREE);
        }
        switch (purse(about, cheapest).take(payer, nanos, startedAt, patience)) {
          case Purse.Taken.Money(Hold hold) -> {
            return new Clearance.Cleared(hold);
          }
          case Purse.Taken.Refused(LeaseRefusal refusal) -> {
            boolean cheaper = !cheapest && refusal.onExceeded().equals(CoveringBudget.DOWNGRADE);
            metrics.refused(cheaper ? LeaseMetrics.DOWNGRADE : LeaseMetrics.EXCEEDED);
            return new Clearance.Refused(refusal, cheaper);
          }
          case Purse.Taken.OtherBudgets(List<CoveringBudget> budgets) ->
              about = learnt(payer, budgets, 0);
          case Purse.Taken.Away() -> {
            return away(about.refusesUnverified());
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return away(config.refuseUnknown() ? "of whoever asks" : null);
  }

  private Clearance away(@Nullable String refusing) {
    if (refusing != null) {
      metrics.refused(LeaseMetrics.UNVERIFIABLE);
      return new Clearance.Unverifiable(refusing);
    }
    return new Clearance.Cleared(new Uncovered());
  }

  private Purse purse(Known about, boolean cheapest) {
    return purses.computeIfAbsent(
        about.key(cheapest),
        k -> new Purse(k.budgets(), k.cheapest(), treasury, holder, metrics, nanoTime));
  }

  /**
   * Null when nobody could be asked and nothing is remembered. A payer who calls all the time is
   * asked about beside the calls; one who comes back after a pause is asked about first, because
   * many may come at once. While cost-service is away what was known is believed.
   */
  private @Nullable Known known(Payer payer) {
    Known about = known.get(payer);
    long now = nanoTime.getAsLong();
    if (about == null || now - about.staleAt() >= 0) {
      return learn(payer, about);
    }
    if (now - about.validUntil() >= 0 && about.refreshing().compareAndSet(false, true)) {
      Thread.ofVirtual().name("budget-refresh").start(() -> refresh(payer, about));
    }
    return about;
  }

  private @Nullable Known learn(Payer payer, @Nullable Known before) {
    learning.lock();
    try {
      Known meanwhile = known.get(payer);
      if (meanwhile != null && nanoTime.getAsLong() - meanwhile.staleAt() < 0) {
        return meanwhile;
      }
      Coverage coverage = treasury.coverage(payer);
      return learnt(payer, coverage.budgets(), coverage.validMs());
    } catch (Treasury.AwayException e) {
      LOG.log(Level.DEBUG, "nobody says which budgets cover a call: {0}", e.getMessage());
      if (before != null) {
        return before;
      }
      List<CoveringBudget> earlier = remembered.covering(payer);
      return earlier.isEmpty() ? null : believed(payer, earlier, 0);
    } finally {
      learning.unlock();
    }
  }

  private void refresh(Payer payer, Known about) {
    try {
      Coverage coverage = treasury.coverage(payer);
      learnt(payer, coverage.budgets(), coverage.validMs());
    } catch (Treasury.AwayException e) {
      about.refreshing().set(false);
    }
  }

  private Known learnt(Payer payer, List<CoveringBudget> budgets, long validMs) {
    List<CoveringBudget> refusing =
        budgets.stream().filter(b -> !b.onExceeded().equals(CoveringBudget.NOTIFY)).toList();
    remembered.learnt(payer, refusing);
    Known about = believed(payer, refusing, validMs);
    for (boolean cheapest : new boolean[] {false, true}) {
      Purse purse = purses.get(about.key(cheapest));
      if (purse != null) {
        purse.under(refusing);
      }
    }
    return about;
  }

  private Known believed(Payer payer, List<CoveringBudget> refusing, long validMs) {
    var about =
        new Known(
            refusing,
            nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(validMs),
            nanoTime.getAsLong() + TimeUnit.MILLISECONDS.toNanos(2 * validMs),
            new AtomicBoolean());
    known.put(payer, about);
    return about;
  }

  private void tidyAgainAndAgain() {
    boolean released = false;
    try {
      while (!leaving.await(config.tidy().toNanos(), TimeUnit.NANOSECONDS)) {
        tidy();
        released = released || releasedEarlierLives();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gives back what was not used for as long as its lease is valid. */
  void tidy() {
    purses.values().forEach(Purse::tidy);
  }

  private boolean releasedEarlierLives() {
    if (!earlierLivesAreShipped.getAsBoolean()) {
      return false;
    }
    try {
      treasury.releaseEarlierLives(holder.name(), holder.life());
      return true;
    } catch (Treasury.AwayException e) {
      return false;
    }
  }

  /** Gives back what is not in use. What attempts still have stays leased until their end. */
  @Override
  public void close() {
    leaving.countDown();
    purses.values().forEach(Purse::giveBackAll);
  }

  /** Spent although nobody could be asked. */
  private final class Uncovered implements Hold {
    @Override
    public @Nullable String lease() {
      return null;
    }

    @Override
    public void settle(long nanos) {
      metrics.overshot(LeaseMetrics.LEDGER_AWAY, nanos);
    }

    @Override
    public void drop() {}
  }
}
