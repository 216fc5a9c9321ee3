package dev.flotilla.cost.report;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** A statement that grows, with the values of its question marks. One thread. */
public final class Query {
  private final StringBuilder sql = new StringBuilder();
  private final List<Object> values = new ArrayList<>();

  /**
   * Appends text.
   *
   * @param more one text or instant per question mark in it
   */
  public Query add(String text, Object... more) {
    sql.append(text);
    values.addAll(List.of(more));
    return this;
  }

  public Query add(Query other) {
    sql.append(other.sql);
    values.addAll(other.values);
    return this;
  }

  public PreparedStatement prepare(Connection connection) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql.toString());
    try {
      int at = 1;
      for (Object value : values) {
        statement.setObject(
            at++, value instanceof Instant moment ? moment.atOffset(ZoneOffset.UTC) : value);
      }
      return statement;
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  /** The statement as a person can run it: its values are written out. */
  public String literal() {
    var text = new StringBuilder();
    int next = 0;
    for (int i = 0; i < sql.length(); i++) {
      char c = sql.charAt(i);
      if (c == '?') {
        text.append(literal(values.get(next++)));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private static String literal(Object value) {
    return value instanceof Instant
        ? "timestamptz '" + value + "'"
        : "'" + value.toString().replace("'", "''") + "'";
  }
}
