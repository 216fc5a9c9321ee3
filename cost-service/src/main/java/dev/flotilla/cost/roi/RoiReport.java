package dev.flotilla.cost.roi;

import dev.flotilla.catalog.Money;
import dev.flotilla.cost.currency.Rate;
import dev.flotilla.cost.currency.Rates;
import dev.flotilla.cost.report.CostScope;
import dev.flotilla.cost.report.CountedRows;
import dev.flotilla.cost.report.Query;
import dev.flotilla.cost.report.SimulatedRows;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Pipelines' costs beside manual work. Thread-safe. */
@ApplicationScoped
class RoiReport {
  private static final String RUN = "coalesce(run_id, request_id)";
  private static final String SPENT = " and state in ('settled', 'estimated')";

  /** A longer one is counted again where its later part lies. */
  private static final Duration LONGEST_RUN = Duration.ofDays(31);

  private final Database database;
  private final Rates rates;
  private final ManualWorks works;

  @Inject
  RoiReport(Database database, Rates rates, ManualWorks works) {
    this.database = database;
    this.rates = rates;
    this.works = works;
  }

  /** A pipeline, and whether its answers were invented. */
  private record Place(String pipeline, boolean simulated) {}

  Roi roi(CostScope scope, SimulatedRows simulated, boolean explain) {
    return roi(scope, simulated, explain, null, null);
  }

  /**
   * The same.
   *
   * @param only the pipeline that is asked for; null for all
   * @param instead of what is written down about manual work; null when that holds
   */
  Roi roi(
      CostScope scope,
      SimulatedRows simulated,
      boolean explain,
      @Nullable String only,
      @Nullable ManualWork instead) {
    return database.inTransaction(
        connection -> {
          CountedRows counted = CountedRows.of(connection, scope, simulated);
          Query where = scope.where().add(counted.sql).add(" and pipeline is not null");
          if (only != null) {
            where = where.add(" and pipeline = ?", only);
          }
          Map<Place, Long> runs = runs(connection, scope, counted);
          List<Roi.Pipeline> pipelines = new ArrayList<>();
          costs(connection, where)
              .forEach(
                  (place, days) ->
                      pipelines.add(
                          pipeline(
                              place,
                              runs.getOrDefault(place, 0L),
                              days,
                              instead == null ? works.of(place.pipeline()) : Optional.of(instead),
                              explain ? scope : null)));
          return new Roi(
              "cost.roi",
              scope.from().getEpochSecond(),
              scope.to().getEpochSecond(),
              Roi.DEFINITION,
              pipelines.stream()
                  .sorted(
                      Comparator.comparing(Roi.Pipeline::cost)
                          .reversed()
                          .thenComparing(Roi.Pipeline::pipeline)
                          .thenComparing(Roi.Pipeline::simulated))
                  .toList());
        });
  }

  private Roi.Pipeline pipeline(
      Place place,
      long runs,
      NavigableMap<LocalDate, Long> days,
      Optional<ManualWork> byHand,
      @Nullable CostScope explained) {
    long nanos = days.values().stream().reduce(0L, Math::addExact);
    BigDecimal cost = Money.usd(nanos);
    Roi.Work work = byHand.map(manual -> work(manual, runs, days)).orElse(null);
    return new Roi.Pipeline(
        place.pipeline(),
        place.simulated(),
        runs,
        cost,
        runs == 0
            ? null
            : cost.divide(BigDecimal.valueOf(runs), ManualWork.SCALE, RoundingMode.HALF_EVEN),
        work,
        explained == null ? null : explain(place, explained, work));
  }

  private Roi.Work work(ManualWork manual, long runs, NavigableMap<LocalDate, Long> days) {
    BigDecimal cost = BigDecimal.ZERO;
    NavigableMap<LocalDate, Rate> used = new TreeMap<>();
    for (var day : days.entrySet()) {
      BigDecimal usd = Money.usd(day.getValue());
      if (manual.currency().equals("USD")) {
        cost = cost.add(usd);
      } else {
        Rate rate = rate(manual.currency(), day.getKey());
        used.put(rate.date(), rate);
        cost = cost.add(usd.multiply(rate.rate()));
      }
    }
    BigDecimal byHand = manual.costOf(runs);
    BigDecimal saved = byHand.subtract(cost);
    return new Roi.Work(
        manual.minutes(),
        manual.hourlyRate(),
        manual.currency(),
        byHand,
        cost,
        saved,
        cost.signum() == 0 ? null : saved.divide(cost, 4, RoundingMode.HALF_EVEN),
        List.copyOf(used.values()));
  }

  private Rate rate(String currency, LocalDate day) {
    return rates
        .of(currency, day)
        .orElseThrow(
            () ->
                new ProblemException(
                    Problem.invalid(
                        "no_rate",
                        "There is no rate of "
                            + currency
                            + " for "
                            + day
                            + "; add one to rates.csv, or ask for a later range.",
                        "from")));
  }

  private static Map<Place, Long> runs(Connection connection, CostScope scope, CountedRows counted)
      throws SQLException {
    var query =
        new Query()
            .add("select pipeline, simulated, count(*) as runs from (")
            .add(begun(scope, counted.sql))
            .add(") run where begun >= ? group by pipeline, simulated", scope.from());
    Map<Place, Long> runs = new LinkedHashMap<>();
    try (PreparedStatement statement = query.prepare(connection);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        runs.put(place(rows), rows.getLong("runs"));
      }
    }
    return runs;
  }

  /** When each run began, which may have been before the range. */
  private static Query begun(CostScope scope, String which) {
    return new Query()
        .add("select pipeline, simulated, min(started_at) as begun from cost.attempt")
        .add(scope.between(scope.from().minus(LONGEST_RUN), scope.to()).where())
        .add(which)
        .add(" and pipeline is not null group by pipeline, simulated, team, " + RUN);
  }

  private static Map<Place, NavigableMap<LocalDate, Long>> costs(Connection connection, Query where)
      throws SQLException {
    var query =
        new Query()
            .add(
                "select pipeline, simulated, (started_at at time zone 'UTC')::date as day, sum(cost_nanos) as nanos from cost.attempt")
            .add(where)
            .add(SPENT + " group by pipeline, simulated, day");
    Map<Place, NavigableMap<LocalDate, Long>> costs = new LinkedHashMap<>();
    try (PreparedStatement statement = query.prepare(connection);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        costs
            .computeIfAbsent(place(rows), p -> new TreeMap<>())
            .put(
                rows.getObject("day", LocalDate.class),
                rows.getBigDecimal("nanos").longValueExact());
      }
    }
    return costs;
  }

  private static Place place(ResultSet row) throws SQLException {
    return new Place(row.getString("pipeline"), row.getBoolean("simulated"));
  }

  private static Map<String, String> explain(
      Place place, CostScope scope, Roi.@Nullable Work work) {
    var where =
        scope
            .where()
            .add(place.simulated() ? CountedRows.SIMULATED.sql : CountedRows.REAL.sql)
            .add(" and pipeline = ?", place.pipeline());
    String runs =
        new Query()
            .add("select count(*) from (")
            .add(begun(scope, place.simulated() ? CountedRows.SIMULATED.sql : CountedRows.REAL.sql))
            .add(") run where begun >= ? and pipeline = ?", scope.from(), place.pipeline())
            .literal();
    String cost = sum("cost_nanos", where);
    Map<String, String> told = new LinkedHashMap<>();
    told.put("/runs", runs);
    told.put("/cost", cost);
    told.put(
        "/cost_per_run",
        "select round((%s) / nullif((%s), 0), %d)".formatted(cost, runs, ManualWork.SCALE));
    if (work != null) {
      String manual =
          "select round((%s) * %s * %s / 60, %d)"
              .formatted(
                  runs,
                  work.minutesPerRun().toPlainString(),
                  work.hourlyRate().toPlainString(),
                  ManualWork.SCALE);
      String local = work.rates().isEmpty() ? cost : sum("cost_nanos * " + rateOfDay(work), where);
      told.put("/work/manual", manual);
      told.put("/work/cost", local);
      told.put("/work/saved", "select (" + manual + ") - (" + local + ")");
      told.put(
          "/work/roi",
          "select round(((%s) - (%2$s)) / nullif((%2$s), 0), 4)".formatted(manual, local));
    }
    return told;
  }

  private static String sum(String what, Query where) {
    return new Query()
        .add("select coalesce(sum(" + what + "), 0) / 1e9 from cost.attempt")
        .add(where)
        .add(SPENT)
        .literal();
  }

  /** The last rate that was known on a row's day. */
  private static String rateOfDay(Roi.Work work) {
    var sql = new StringBuilder("case");
    for (Rate rate : work.rates().reversed()) {
      sql.append(" when (started_at at time zone 'UTC')::date >= '")
          .append(rate.date())
          .append("' then ")
          .append(rate.rate().toPlainString());
    }
    return sql.append(" end").toString();
  }
}
