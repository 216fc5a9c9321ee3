package dev.flotilla.cost.report;

import dev.flotilla.cost.report.Selection.Part.Span;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;

/** Which rows count: real ones, invented ones, or both (apart). */
public enum CountedRows {
  REAL(" and not simulated"),
  SIMULATED(" and simulated"),
  BOTH("");

  /** {@code and …}, for a statement about attempts, decisions or roll-ups. */
  public final String sql;

  CountedRows(String sql) {
    this.sql = sql;
  }

  /**
   * Turns a wish into a choice, by what there is. Only within what the caller may see: that another
   * team has real rows is none of this one's business.
   */
  public static CountedRows of(Connection connection, CostScope scope, SimulatedRows wish)
      throws SQLException {
    return switch (wish) {
      case INCLUDED -> BOTH;
      case LEFT_OUT -> REAL;
      case WHEN_ALONE -> realOnesIn(connection, scope) ? REAL : SIMULATED;
    };
  }

  private static boolean realOnesIn(Connection connection, CostScope scope) throws SQLException {
    var visible = new CostScope(scope.from(), scope.to(), scope.team(), null, null, null);
    Selection real = Selection.of(visible, Map.of(), REAL);
    var query = new Query().add("select false");
    for (Selection.Part part : real.parts(Span.DAY, Span.HOUR)) {
      query
          .add(" or exists (select from " + part.span().spending)
          .add(part.range())
          .add(real.conditions())
          // A real answer from the cache has no attempt in this range.
          .add(") or exists (select from " + part.span().answers)
          .add(part.range())
          .add(real.conditions())
          .add(" and cache_hits > 0)");
    }
    try (PreparedStatement statement = query.prepare(connection);
        ResultSet rows = statement.executeQuery()) {
      return rows.next() && rows.getBoolean(1);
    }
  }
}
