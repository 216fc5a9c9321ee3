package dev.flotilla.cost.budget;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The tables {@code budget} and {@code budget_period}. */
final class BudgetTable {
  private static final String STANDING =
      """
      select b.scope, b.limit_nanos, b.hard_limit_nanos, b.period, b.alert_at, b.on_exceeded, b.on_ledger_away,
          coalesce(p.spent_nanos, 0), coalesce(p.leased_nanos, 0), period_start(b.period, now()), period_end(b.period, now())
      from budget b
          left join budget_period p
              on p.scope = b.scope and p.period = b.period and p.starts_at = period_start(b.period, now())
      """;

  private BudgetTable() {}

  /** Nobody counts an attempt or grants a lease until this transaction ends. */
  static void alone(Connection connection) throws SQLException {
    try (PreparedStatement lock =
        connection.prepareStatement("select pg_advisory_xact_lock(budgets_lock())")) {
      lock.execute();
    }
  }

  static void write(Connection connection, Scope scope, Terms terms) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into budget
                (scope, limit_nanos, hard_limit_nanos, period, alert_at, on_exceeded, on_ledger_away)
            values (?, ?, ?, ?, ?, ?, ?)
            on conflict (scope) do update set
                limit_nanos = excluded.limit_nanos, hard_limit_nanos = excluded.hard_limit_nanos, period = excluded.period,
                alert_at = excluded.alert_at, on_exceeded = excluded.on_exceeded,
                on_ledger_away = excluded.on_ledger_away, changed_at = clock_timestamp()""")) {
      statement.setString(1, scope.id());
      statement.setLong(2, terms.limitNanos());
      statement.setObject(3, terms.hardLimitNanos(), Types.BIGINT);
      statement.setString(4, terms.period());
      statement.setArray(5, connection.createArrayOf("float8", terms.alertAt().toArray()));
      statement.setString(6, terms.onExceeded());
      statement.setString(7, terms.onLedgerAway());
      statement.executeUpdate();
    }
  }

  /** What a file said of a budget when it was last put into force; null when none did. */
  static @Nullable String declared(Connection connection, Scope scope) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("select declared from budget where scope = ?")) {
      query.setString(1, scope.id());
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  /** Notes what a file says of a budget. */
  static void declare(Connection connection, Scope scope, String words) throws SQLException {
    update(connection, "update budget set declared = ? where scope = ?", words, scope.id());
  }

  /** Adds it up from the ledger's rows and the leases; it must be locked {@link #alone}. */
  static void count(Connection connection, Scope scope) throws SQLException {
    update(
        connection,
        """
        insert into budget_period (scope, period, starts_at, ends_at)
        select scope, period, period_start(period, now()), period_end(period, now()) from budget where scope = ?
        on conflict do nothing""",
        scope.id());
    update(
        connection,
        """
        update budget_period p set
            spent_nanos = coalesce((
                select sum(attempt_charge(a.state, a.cost_nanos, a.ceiling_nanos)) from attempt a
                where a.%s = ? and a.started_at >= p.starts_at and a.started_at < p.ends_at), 0),
            leased_nanos = coalesce((
                select sum(greatest(l.granted_nanos - l.returned_nanos - l.settled_nanos, 0))
                from lease_budget b join lease l on l.lease_id = b.lease_id
                where b.scope = p.scope and b.period = p.period and b.starts_at = p.starts_at), 0)
        where p.scope = ?"""
            .formatted(scope.kind().column()),
        scope.name(),
        scope.id());
  }

  /** False when there is none. */
  static boolean delete(Connection connection, Scope scope) throws SQLException {
    return update(connection, "delete from budget where scope = ?", scope.id()) > 0;
  }

  static List<BudgetStanding> all(Connection connection) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(STANDING + "order by 1")) {
      return standings(query);
    }
  }

  static Optional<BudgetStanding> find(Connection connection, Scope scope) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(STANDING + "where b.scope = ?")) {
      query.setString(1, scope.id());
      return standings(query).stream().findFirst();
    }
  }

  private static List<BudgetStanding> standings(PreparedStatement query) throws SQLException {
    List<BudgetStanding> found = new ArrayList<>();
    try (ResultSet row = query.executeQuery()) {
      while (row.next()) {
        found.add(
            BudgetStanding.of(
                row.getString(1),
                new Terms(
                    row.getLong(2),
                    row.getObject(3, Long.class),
                    row.getString(4),
                    Arrays.asList((Double[]) row.getArray(5).getArray()),
                    row.getString(6),
                    row.getString(7)),
                row.getLong(8),
                row.getLong(9),
                instant(row.getObject(10, OffsetDateTime.class)),
                instant(row.getObject(11, OffsetDateTime.class))));
      }
    }
    return List.copyOf(found);
  }

  private static Instant instant(@Nullable OffsetDateTime time) {
    if (time == null) {
      throw new IllegalStateException("a period without bounds");
    }
    return time.toInstant();
  }

  private static int update(Connection connection, String sql, String... values)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      return statement.executeUpdate();
    }
  }
}
