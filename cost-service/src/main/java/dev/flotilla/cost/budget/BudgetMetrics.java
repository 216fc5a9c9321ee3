package dev.flotilla.cost.budget;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.postgres.DatabaseAwayException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/**
 * Shows how each budget stands, a few seconds late. Budgets are made by administrators, so their
 * number is bounded and their names may be labels.
 */
@ApplicationScoped
class BudgetMetrics {
  private static final System.Logger LOG = System.getLogger(BudgetMetrics.class.getName());
  private static final long SECONDS_BETWEEN = 5;
  private static final Map<String, String> SHOWN =
      Map.of(
          MetricNames.BUDGET_USED, "Spent of a budget in its present period, in dollars",
          MetricNames.BUDGET_LEASED, "Handed out of a budget and perhaps being spent, in dollars",
          MetricNames.BUDGET_LIMIT, "What a budget allows per period, in dollars",
          MetricNames.BUDGET_OVERSPENT,
              "Spent beyond what a budget allows, in dollars; 0 for one that only notifies",
          MetricNames.BUDGET_ALERT_LEVEL,
              "The highest of a budget's thresholds that was reached, as a share of it; 0 when none");

  private final Budgets budgets;
  private final MetricRegistry registry;
  private final Map<String, BudgetStanding> standings = new ConcurrentHashMap<>();
  private final CountDownLatch leaving = new CountDownLatch(1);

  @Inject
  BudgetMetrics(Budgets budgets, MetricRegistry registry) {
    this.budgets = budgets;
    this.registry = registry;
  }

  void watch(@Observes @Initialized(ApplicationScoped.class) Object start) {
    Thread.ofVirtual().name("budget-metrics").start(this::lookAgainAndAgain);
  }

  @PreDestroy
  void leave() {
    leaving.countDown();
  }

  private void lookAgainAndAgain() {
    try {
      do {
        try {
          look();
        } catch (DatabaseAwayException e) {
          LOG.log(Level.DEBUG, "budgets cannot be looked at: {0}", e.getMessage());
        }
      } while (!leaving.await(SECONDS_BETWEEN, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    Set<String> gone = new HashSet<>(standings.keySet());
    for (BudgetStanding budget : budgets.all()) {
      gone.remove(budget.id());
      if (standings.put(budget.id(), budget) == null) {
        appear(budget.id());
      }
    }
    gone.forEach(this::disappear);
  }

  private void appear(String id) {
    show(id, MetricNames.BUDGET_USED, budget -> budget.spentUsd().doubleValue());
    show(id, MetricNames.BUDGET_LEASED, budget -> budget.leasedUsd().doubleValue());
    show(id, MetricNames.BUDGET_LIMIT, budget -> budget.limitUsd().doubleValue());
    show(id, MetricNames.BUDGET_OVERSPENT, BudgetStanding::overspentUsd);
    show(id, MetricNames.BUDGET_ALERT_LEVEL, BudgetStanding::alertLevel);
  }

  private void show(String id, String name, ToDoubleFunction<BudgetStanding> value) {
    registry.gauge(
        Metadata.builder().withName(name).withDescription(SHOWN.get(name)).build(),
        standings,
        all -> {
          BudgetStanding budget = all.get(id);
          return budget == null ? 0 : value.applyAsDouble(budget);
        },
        tags(id));
  }

  private void disappear(String id) {
    standings.remove(id);
    SHOWN.keySet().forEach(name -> registry.remove(new MetricID(name, tags(id))));
  }

  private static Tag[] tags(String id) {
    String team = id.startsWith("team:") ? id.substring("team:".length()) : "";
    return new Tag[] {new Tag("budget", id), new Tag("team", team)};
  }
}
