package dev.flotilla.cost.report;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Which rows count: real ones, invented ones, or both (apart). */
enum CountedRows {
  REAL(" and not simulated"),
  SIMULATED(" and simulated"),
  BOTH("");

  final String sql;

  CountedRows(String sql) {
    this.sql = sql;
  }

  /**
   * Turns a wish into a choice, by what there is. Only within what the caller may see: that another
   * team has real rows is none of this one's business.
   */
  static CountedRows of(Connection connection, CostScope scope, SimulatedRows wish)
      throws SQLException {
    return switch (wish) {
      case INCLUDED -> BOTH;
      case LEFT_OUT -> REAL;
      case WHEN_ALONE -> realOnesIn(connection, scope) ? REAL : SIMULATED;
    };
  }

  private static boolean realOnesIn(Connection connection, CostScope scope) throws SQLException {
    var visible = new CostScope(scope.from(), scope.to(), scope.team(), null, null, null);
    String where = CostScope.SQL + REAL.sql;
    // A real answer from the cache has no attempt in this range.
    String sql =
        "select exists (select 1 from attempt "
            + where
            + ") or exists (select 1 from decision "
            + where
            + " and cache = 'hit')";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      visible.fill(statement, visible.fill(statement, 1));
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }
}
