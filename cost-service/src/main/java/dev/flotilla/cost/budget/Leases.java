package dev.flotilla.cost.budget;

import dev.flotilla.contracts.lease.Coverage;
import dev.flotilla.contracts.lease.CoveringBudget;
import dev.flotilla.contracts.lease.LeaseDemand;
import dev.flotilla.contracts.lease.LeaseGrant;
import dev.flotilla.contracts.lease.LeaseRefusal;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.settings.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Hands out what is left of budgets. All budgets that cover a call give or none does: their rows
 * are locked in one order, in one transaction. What is granted counts as spent until it is given
 * back or the ledger has the attempts that used it; no time ends that. Thread-safe.
 */
@ApplicationScoped
class Leases {
  /** Below this share of its limit a budget is scarce. */
  private static final int SCARCE = 5;

  private final Database database;
  private final DeclaredBudgets declared;
  private final LeaseConfig config;

  @Inject
  Leases(Database database, DeclaredBudgets declared, Settings settings) {
    this.database = database;
    this.declared = declared;
    this.config = LeaseConfig.from(settings);
  }

  /** Reads the configuration at start instead of at the first call. */
  void appear(@Observes @Initialized(ApplicationScoped.class) Object start) {}

  /** Which budgets cover a call. */
  Coverage coverage(String team, String key, @Nullable String project, @Nullable String pipeline) {
    declared.putIntoForce();
    List<CoveringBudget> budgets =
        database.inTransaction(
            connection -> {
              try (PreparedStatement query =
                  connection.prepareStatement(
                      """
                      select scope, on_exceeded, on_ledger_away, (extract(epoch from changed_at) * 1000000)::bigint
                      from budget where scope = any (?) order by scope""")) {
                query.setArray(
                    1, connection.createArrayOf("text", scopes(team, key, project, pipeline)));
                List<CoveringBudget> found = new ArrayList<>();
                try (ResultSet row = query.executeQuery()) {
                  while (row.next()) {
                    found.add(
                        new CoveringBudget(
                            row.getString(1), row.getString(2), row.getString(3), row.getLong(4)));
                  }
                }
                return List.copyOf(found);
              }
            });
    return new Coverage(config.believe().toMillis(), budgets);
  }

  /** Takes back what is given back, then grants what is needed, or says what refuses. */
  LeaseGrant renew(UUID id, LeaseDemand demand) {
    declared.putIntoForce();
    return database.inTransaction(connection -> renew(connection, id, demand));
  }

  /** Takes back what the earlier lives of a holder left over. */
  void releaseEarlierLives(String holder, String life) {
    database.inTransaction(
        connection -> {
          LeaseTable.lock(connection);
          return LeaseTable.releaseEarlierLives(connection, holder, life);
        });
  }

  private LeaseGrant renew(Connection connection, UUID id, LeaseDemand demand) throws SQLException {
    LeaseTable.lock(connection);
    String[] scopes = scopes(demand.team(), demand.key(), demand.project(), demand.pipeline());
    LeaseTable.openPeriods(connection, scopes);
    List<Covering> rows = LeaseTable.covering(connection, id, scopes);
    List<Covering> current = rows.stream().filter(Covering::current).toList();
    LeaseTotals before = LeaseTable.totals(connection, id);
    if (before == null) {
      if (current.isEmpty() || demand.needNanos() == 0) {
        return answer(LeaseTotals.NONE, current.isEmpty(), current, demand, null);
      }
      LeaseTable.begin(connection, id, demand, current);
      before = LeaseTotals.NONE;
      current = current.stream().map(Covering::nowLinked).toList();
    } else if (current.isEmpty() || !rows.stream().allMatch(row -> row.current() && row.linked())) {
      LeaseTotals after = before.returning(demand.returnedNanos());
      LeaseTable.write(connection, id, before, after);
      return answer(after, true, current, demand, null);
    }
    LeaseTotals returned = before.returning(demand.returnedNanos());
    long freed = before.remaining() - returned.remaining();
    LeaseTotals after = returned;
    LeaseRefusal refusal = null;
    if (demand.needNanos() > 0) {
      Covering least = scarcest(current, demand.cheapest());
      long available = least.available(demand.cheapest()) + freed;
      if (available < demand.needNanos()) {
        refusal =
            new LeaseRefusal(
                least.scope(),
                least.onExceeded(),
                least.cap(demand.cheapest()),
                available,
                least.endsAt());
      } else {
        after = returned.granted(size(available, demand));
      }
    }
    LeaseTable.write(connection, id, before, after);
    return answer(after, false, current, demand, refusal);
  }

  /** Everything that is needed, and a share of the rest for those who come next. */
  private long size(long available, LeaseDemand demand) {
    long share = Math.min((long) (available * config.share()), config.mostNanos());
    return Math.min(
        available,
        Math.max(demand.needNanos(), Math.max(share, Math.min(demand.wantedNanos(), available))));
  }

  private LeaseGrant answer(
      LeaseTotals totals,
      boolean outdated,
      List<Covering> current,
      LeaseDemand demand,
      @Nullable LeaseRefusal refusal) {
    boolean scarce =
        current.stream()
            .anyMatch(
                row -> row.available(demand.cheapest()) < row.cap(demand.cheapest()) / SCARCE);
    Instant endsAt = current.stream().map(Covering::endsAt).min(Instant::compareTo).orElse(null);
    return new LeaseGrant(
        totals.granted(),
        outdated,
        (scarce ? config.shortLife() : config.life()).toMillis(),
        endsAt,
        current.stream().map(Covering::toldToHolders).toList(),
        refusal);
  }

  private static Covering scarcest(List<Covering> current, boolean cheapest) {
    Covering least = current.getFirst();
    for (Covering row : current) {
      if (row.available(cheapest) < least.available(cheapest)) {
        least = row;
      }
    }
    return least;
  }

  private static String[] scopes(
      String team, String key, @Nullable String project, @Nullable String pipeline) {
    return Stream.of(
            "team:" + team,
            "key:" + key,
            project == null ? "" : "project:" + project,
            pipeline == null ? "" : "pipeline:" + pipeline)
        .filter(scope -> !scope.isEmpty())
        .toArray(String[]::new);
  }
}
