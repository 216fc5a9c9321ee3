package dev.flotilla.kit.backup;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What PostgreSQL's catalogue says of a schema. */
final class Tables {
  private Tables() {}

  /**
   * @param bound as it stands in the definition: {@code FOR VALUES FROM … TO …} or {@code DEFAULT}
   * @param options of its storage, with commas; empty when there are none
   */
  record Partition(String name, String parent, String bound, String options) {}

  /** Tables that are no partitions; what a row refers to comes before it. */
  static List<String> inOrder(Connection connection, String schema) throws SQLException {
    List<String> waiting =
        names(
            connection,
            """
            select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = ? and c.relkind in ('r', 'p') and not c.relispartition order by 1""",
            schema);
    var order = new ArrayList<String>();
    while (!waiting.isEmpty()) {
      var next = new ArrayList<String>();
      for (String table : waiting) {
        if (order.containsAll(referred(connection, schema, table))) {
          next.add(table);
        }
      }
      if (next.isEmpty()) {
        throw new SQLException("tables refer to each other in a circle: " + waiting);
      }
      order.addAll(next);
      waiting.removeAll(next);
    }
    return List.copyOf(order);
  }

  private static List<String> referred(Connection connection, String schema, String table)
      throws SQLException {
    return names(
        connection,
        """
        select f.relname from pg_constraint k
        join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_class f on f.oid = k.confrelid
        where k.contype = 'f' and n.nspname = ? and c.relname = ? and f.oid <> c.oid""",
        schema,
        table);
  }

  /** Those that are filled, as a list for SQL; generated ones fill themselves. */
  static String columns(Connection connection, String schema, String table) throws SQLException {
    return String.join(
        ", ",
        names(
            connection,
            """
            select quote_ident(a.attname) from pg_attribute a
            join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = ? and c.relname = ? and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
            order by a.attnum""",
            schema,
            table));
  }

  static List<Partition> partitions(Connection connection, String schema) throws SQLException {
    var partitions = new ArrayList<Partition>();
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            select c.relname, p.relname, pg_get_expr(c.relpartbound, c.oid), coalesce(array_to_string(c.reloptions, ', '), '')
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
            where n.nspname = ? and c.relispartition and c.relkind in ('r', 'p') order by 1""")) {
      query.setString(1, schema);
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          partitions.add(
              new Partition(
                  row.getString(1), row.getString(2), row.getString(3), row.getString(4)));
        }
      }
    }
    return List.copyOf(partitions);
  }

  /** Definitions of triggers that a partition does not have from its parent. */
  static List<String> ownTriggers(Connection connection, String schema, String table)
      throws SQLException {
    return names(
        connection,
        """
        select pg_get_triggerdef(t.oid) from pg_trigger t
        join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = ? and c.relname = ? and not t.tgisinternal and t.tgparentid = 0 order by t.tgname""",
        schema,
        table);
  }

  /** In the order they were made: each with the checksum of its text. */
  static List<String> migrations(Connection connection, String schema) throws SQLException {
    return names(
        connection,
        """
        select version || ' ' || coalesce(checksum::text, '') from %s
        where version is not null and success order by installed_rank"""
            .formatted(quoted(schema, "flyway_schema_history")));
  }

  /** Statements that let numbers go on where they were. */
  static List<String> sequences(Connection connection, String schema) throws SQLException {
    return names(
        connection,
        """
        select format('select setval(%L, greatest(1, coalesce(max(%I), 0)), coalesce(max(%I), 0) > 0) from %I.%I',
            pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname), a.attname, a.attname, n.nspname, c.relname)
        from pg_attribute a
        join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = ? and c.relkind in ('r', 'p') and not a.attisdropped
            and pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) is not null""",
        schema);
  }

  /** Names of ours are plain words, but a rule is cheaper than a belief. */
  static String quoted(String schema, String table) {
    return "\"" + schema.replace("\"", "\"\"") + "\".\"" + table.replace("\"", "\"\"") + "\"";
  }

  private static List<String> names(Connection connection, String sql, String... values)
      throws SQLException {
    var names = new ArrayList<String>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        query.setString(i + 1, values[i]);
      }
      try (ResultSet row = query.executeQuery()) {
        while (row.next()) {
          names.add(row.getString(1));
        }
      }
    }
    return names;
  }
}
