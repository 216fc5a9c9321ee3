package dev.flotilla.cost.budget;

import dev.flotilla.contracts.lease.LeaseDemand;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The tables {@code lease} and {@code lease_budget}, and the counters they change. Rows of {@code
 * budget_period} are locked before those of {@code lease}, as the ledger's trigger does.
 */
final class LeaseTable {
  private LeaseTable() {}

  /** No budget changes until this transaction ends. */
  static void lock(Connection connection) throws SQLException {
    try (PreparedStatement lock =
        connection.prepareStatement("select pg_advisory_xact_lock_shared(budgets_lock())")) {
      lock.execute();
    }
  }

  /** Begins the present period of each budget that can refuse, if nobody has. */
  static void openPeriods(Connection connection, String[] scopes) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into budget_period (scope, period, starts_at, ends_at)
            select scope, period, period_start(period, now()), period_end(period, now())
            from budget where scope = any (?) and on_exceeded <> 'notify' order by 1
            on conflict do nothing""")) {
      statement.setArray(1, connection.createArrayOf("text", scopes));
      statement.executeUpdate();
    }
  }

  /** Locks the budgets that can refuse the call, and those the lease takes from already. */
  static List<Covering> covering(Connection connection, UUID lease, String[] scopes)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            select p.scope, p.period, p.starts_at, p.ends_at, p.spent_nanos, p.leased_nanos,
                b.limit_nanos, b.hard_limit_nanos, b.on_exceeded, b.on_ledger_away,
                b.scope = any (?) and b.on_exceeded <> 'notify' and b.period = p.period
                    and p.starts_at = period_start(b.period, now()) as current,
                exists (select from lease_budget l where l.lease_id = ?
                    and l.scope = p.scope and l.period = p.period and l.starts_at = p.starts_at) as linked,
                (extract(epoch from b.changed_at) * 1000000)::bigint as revision
            from budget_period p join budget b on b.scope = p.scope
            where (p.scope = any (?) and b.on_exceeded <> 'notify' and b.period = p.period
                    and p.starts_at = period_start(b.period, now()))
                or (p.scope, p.period, p.starts_at) in
                    (select l.scope, l.period, l.starts_at from lease_budget l where l.lease_id = ?)
            order by p.scope, p.period, p.starts_at
            for update of p""")) {
      var named = connection.createArrayOf("text", scopes);
      query.setArray(1, named);
      query.setObject(2, lease);
      query.setArray(3, named);
      query.setObject(4, lease);
      List<Covering> found = new ArrayList<>();
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          found.add(
              new Covering(
                  row.getString(1),
                  row.getString(2),
                  row.getObject(3, OffsetDateTime.class).toInstant(),
                  row.getObject(4, OffsetDateTime.class).toInstant(),
                  row.getLong(5),
                  row.getLong(6),
                  row.getLong(7),
                  row.getObject(8, Long.class),
                  row.getString(9),
                  row.getString(10),
                  row.getLong(13),
                  row.getBoolean(11),
                  row.getBoolean(12)));
        }
      }
      return List.copyOf(found);
    }
  }

  /** Locks a lease; null when there is none. */
  static @Nullable LeaseTotals totals(Connection connection, UUID lease) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "select granted_nanos, returned_nanos, settled_nanos from lease where lease_id = ? for update")) {
      query.setObject(1, lease);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? new LeaseTotals(row.getLong(1), row.getLong(2), row.getLong(3)) : null;
      }
    }
  }

  static void begin(Connection connection, UUID lease, LeaseDemand demand, List<Covering> budgets)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into lease (lease_id, holder, life) values (?, ?, ?)")) {
      statement.setObject(1, lease);
      statement.setString(2, demand.holder());
      statement.setString(3, demand.life());
      statement.executeUpdate();
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into lease_budget (lease_id, scope, period, starts_at) values (?, ?, ?, ?)")) {
      for (Covering budget : budgets) {
        statement.setObject(1, lease);
        statement.setString(2, budget.scope());
        statement.setString(3, budget.period());
        statement.setObject(4, budget.startsAt().atOffset(ZoneOffset.UTC));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  /** Writes new totals, and to the budgets what they make of what is left. */
  static void write(Connection connection, UUID lease, LeaseTotals before, LeaseTotals after)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "update lease set granted_nanos = ?, returned_nanos = ?, heard_at = now() where lease_id = ?")) {
      statement.setLong(1, after.granted());
      statement.setLong(2, after.returned());
      statement.setObject(3, lease);
      statement.executeUpdate();
    }
    if (after.equals(before)) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            update budget_period p set leased_nanos = p.leased_nanos + ?
            from lease_budget l
            where l.lease_id = ? and (p.scope, p.period, p.starts_at) = (l.scope, l.period, l.starts_at)""")) {
      statement.setLong(1, after.remaining() - before.remaining());
      statement.setObject(2, lease);
      statement.executeUpdate();
    }
  }

  /**
   * Gives back all that leases of a holder's earlier lives have left.
   *
   * @return how many of them there were
   */
  static int releaseEarlierLives(Connection connection, String holder, String life)
      throws SQLException {
    try (PreparedStatement lock =
        connection.prepareStatement(
            """
            select 1 from budget_period p
            where (p.scope, p.period, p.starts_at) in (
                select b.scope, b.period, b.starts_at from lease_budget b join lease l on l.lease_id = b.lease_id
                where l.holder = ? and l.life <> ?)
            order by p.scope, p.period, p.starts_at for update""")) {
      lock.setString(1, holder);
      lock.setString(2, life);
      lock.execute();
    }
    int released = 0;
    for (UUID lease : earlier(connection, holder, life)) {
      LeaseTotals before = totals(connection, lease);
      if (before != null) {
        write(connection, lease, before, before.returning(Long.MAX_VALUE));
        released++;
      }
    }
    return released;
  }

  /**
   * Gives back what is left of a budget's leases whose holders are lost: none of their leases was
   * renewed for so long. For whoever has locked all budgets.
   */
  static void writeOff(Connection connection, Scope scope, Duration after) throws SQLException {
    List<UUID> lost = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            select l.lease_id from lease l
            where l.granted_nanos > l.returned_nanos + l.settled_nanos
                and exists (select from lease_budget b where b.lease_id = l.lease_id and b.scope = ?)
                and not exists (select from lease o where o.holder = l.holder and o.heard_at > now() - make_interval(secs => ?))
            order by l.lease_id""")) {
      query.setString(1, scope.id());
      query.setDouble(2, after.toMillis() / 1_000.0);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          lost.add(row.getObject(1, UUID.class));
        }
      }
    }
    for (UUID lease : lost) {
      LeaseTotals before = totals(connection, lease);
      if (before != null) {
        write(connection, lease, before, before.returning(Long.MAX_VALUE));
      }
    }
  }

  private static List<UUID> earlier(Connection connection, String holder, String life)
      throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            select lease_id from lease
            where holder = ? and life <> ? and granted_nanos > returned_nanos + settled_nanos
            order by lease_id""")) {
      query.setString(1, holder);
      query.setString(2, life);
      List<UUID> found = new ArrayList<>();
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          found.add(row.getObject(1, UUID.class));
        }
      }
      return found;
    }
  }
}
