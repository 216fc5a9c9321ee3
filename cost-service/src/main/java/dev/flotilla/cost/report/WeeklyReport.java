package dev.flotilla.cost.report;

import dev.flotilla.kit.postgres.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A week of each team: what it spent and saved, and what it might change. Thread-safe. */
@ApplicationScoped
class WeeklyReport {
  private static final int MOST_TEAMS = 100;

  private final Database database;
  private final SavingsReport savings;
  private final CheaperModels cheaper;

  @Inject
  WeeklyReport(Database database, SavingsReport savings, CheaperModels cheaper) {
    this.database = database;
    this.savings = savings;
    this.cheaper = cheaper;
  }

  /**
   * @param week from a Monday to the next
   * @param explain whether each figure comes with the statement that recomputes it
   */
  Weekly of(CostScope week, SimulatedRows simulated, boolean explain) {
    return database.inTransaction(
        connection -> {
          CountedRows counted = CountedRows.of(connection, week, simulated);
          List<Weekly.Team> teams = new ArrayList<>();
          for (CostResult team : teams(connection, week, counted)) {
            teams.add(team(connection, week, team, explain));
          }
          return new Weekly(
              "cost.weekly",
              week.from().getEpochSecond(),
              week.to().getEpochSecond(),
              CheaperModels.DEFINITION,
              List.copyOf(teams));
        });
  }

  private static List<CostResult> teams(Connection connection, CostScope week, CountedRows counted)
      throws SQLException {
    return new CostSums(Selection.of(week, Map.of(), counted), null, List.of(Dimension.TEAM), false)
        .read(connection).getOrDefault(Instant.EPOCH, List.of()).stream()
            .sorted(Comparator.comparing(CostResult::simulated))
            .limit(MOST_TEAMS)
            .toList();
  }

  private Weekly.Team team(Connection connection, CostScope week, CostResult spent, boolean explain)
      throws SQLException {
    String name = String.valueOf(spent.group().get(Dimension.TEAM.word()));
    var own = new CostScope(week.from(), week.to(), name, null, null, null);
    var before = own.between(BucketWidth.WEEK.plus(week.from(), -1), week.from());
    CountedRows counted = spent.simulated() ? CountedRows.SIMULATED : CountedRows.REAL;
    List<CostResult> modelsBefore = models(connection, before, counted);
    long was = modelsBefore.stream().mapToLong(CostResult::costNanos).reduce(0, Math::addExact);
    Savings.Result saved = savings.ofAll(connection, own, counted);
    List<CostSummary.Mover> movers =
        CostReport.movers(models(connection, own, counted), modelsBefore);
    List<Weekly.Cheaper> hints = cheaper.find(connection, own, counted);
    return new Weekly.Team(
        name,
        spent.simulated(),
        spent.amount(),
        CostResult.Amount.of(was),
        spent.costNanos() - was,
        saved.saved(),
        saved.savedRatio(),
        movers,
        hints,
        explain ? explained(own, before, counted, movers, hints) : null);
  }

  private Map<String, String> explained(
      CostScope week,
      CostScope before,
      CountedRows counted,
      List<CostSummary.Mover> movers,
      List<Weekly.Cheaper> hints) {
    String spent = amount(week, counted);
    String was = amount(before, counted);
    Map<String, String> told = new LinkedHashMap<>();
    told.put("/spent/value", spent);
    told.put("/before/value", was);
    told.put("/change_nanos", "select ((" + spent + ") - (" + was + ")) * 1e9");
    SavingsExplained saved = savings.explained(week, counted);
    saved
        .ofAll(counted == CountedRows.SIMULATED)
        .forEach(
            (figure, statement) -> {
              if (figure.startsWith("/saved/")) {
                told.put(figure, statement);
              }
            });
    CostReport.explain(told, movers, week, before, counted);
    for (int i = 0; i < hints.size(); i++) {
      told.putAll(saved.ofCheaper("/cheaper/" + i, hints.get(i)));
    }
    return told;
  }

  private static String amount(CostScope scope, CountedRows counted) {
    return new CostSums(Selection.of(scope, Map.of(), counted), null, List.of(), true)
        .amountOf(List.of());
  }

  private static List<CostResult> models(
      Connection connection, CostScope scope, CountedRows counted) throws SQLException {
    return CostReport.byModel(connection, scope, counted, false);
  }
}
