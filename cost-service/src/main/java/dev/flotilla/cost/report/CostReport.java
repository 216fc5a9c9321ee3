package dev.flotilla.cost.report;

import dev.flotilla.cost.currency.Rates;
import dev.flotilla.kit.postgres.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was spent, over time and on one screen. Thread-safe. */
@ApplicationScoped
class CostReport {
  private static final int TOP = 5;

  private final Database database;
  private final Rates rates;

  @Inject
  CostReport(Database database, Rates rates) {
    this.database = database;
    this.rates = rates;
  }

  /** One page of buckets, oldest first; within a bucket the dearest result first. */
  CostPage page(CostQuestion question) {
    CostScope all = question.scope();
    BucketWidth width = question.width();
    Instant first = question.first();
    Instant end = width.plus(first, question.limit());
    CostScope shown = all.between(later(first, all.from()), earlier(end, all.to()));
    Map<Instant, List<CostResult>> found =
        database.inTransaction(
            connection -> {
              Selection selection =
                  Selection.of(
                      shown,
                      question.filters(),
                      CountedRows.of(connection, all, question.simulated()));
              var sums =
                  new CostSums(selection, width, question.dimensions(), question.explain())
                      .read(connection);
              String currency = question.currency();
              if (currency == null) {
                return sums;
              }
              BucketWidth days = width == BucketWidth.HOUR ? width : BucketWidth.DAY;
              var local =
                  new LocalAmounts(
                      currency,
                      rates,
                      width,
                      new CostSums(selection, days, question.dimensions(), false).read(connection));
              sums.replaceAll(local::beside);
              return sums;
            });
    List<CostPage.Bucket> buckets = new ArrayList<>();
    for (Instant start = first; start.isBefore(shown.to()); start = width.plus(start, 1)) {
      buckets.add(
          new CostPage.Bucket(
              later(start, shown.from()).getEpochSecond(),
              earlier(width.plus(start, 1), shown.to()).getEpochSecond(),
              found.getOrDefault(start, List.of())));
    }
    return new CostPage(
        List.copyOf(buckets),
        end.isBefore(all.to()) ? new PageCursor(all.from(), all.to(), end).word() : null);
  }

  /**
   * The period's figures; whether invented answers count is decided once, for the month.
   *
   * @param explain whether each figure comes with the statement that recomputes it
   */
  CostSummary summary(String name, CostScope period, SimulatedRows simulated, boolean explain) {
    Instant now = period.to();
    Instant today = now.truncatedTo(ChronoUnit.DAYS);
    Instant monthStart =
        LocalDate.ofInstant(now, ZoneOffset.UTC)
            .withDayOfMonth(1)
            .atStartOfDay(ZoneOffset.UTC)
            .toInstant();
    CostScope month = period.between(monthStart, now);
    return database.inTransaction(
        connection -> {
          CountedRows counted = CountedRows.of(connection, month, simulated);
          CostResult total = total(connection, period, counted, explain);
          CostResult spentToday = total(connection, period.between(today, now), counted, explain);
          CostResult spentThisMonth = total(connection, month, counted, explain);
          CostScope before = before(name, period);
          List<CostResult> models = byModel(connection, period, counted, explain);
          List<CostSummary.Mover> movers =
              movers(models, byModel(connection, before, counted, false));
          return new CostSummary(
              "cost.summary",
              name,
              period.from().getEpochSecond(),
              now.getEpochSecond(),
              spentToday.amount(),
              spentThisMonth.amount(),
              forecast(spentThisMonth.costNanos(), monthStart, now),
              total,
              models.stream().limit(TOP).toList(),
              movers,
              total.simulated(),
              now,
              explain
                  ? explained(spentToday, spentThisMonth, movers, period, before, counted)
                  : null);
        });
  }

  private static Map<String, String> explained(
      CostResult today,
      CostResult month,
      List<CostSummary.Mover> movers,
      CostScope period,
      CostScope before,
      CountedRows counted) {
    Map<String, String> told = new LinkedHashMap<>();
    told.put("/spent_today/value", amount(today));
    told.put("/spent_this_month/value", amount(month));
    Instant start =
        LocalDate.ofInstant(period.to(), ZoneOffset.UTC)
            .withDayOfMonth(1)
            .atStartOfDay(ZoneOffset.UTC)
            .toInstant();
    told.put(
        "/forecast_this_month/value",
        "select trunc((%s) * 1e9 * %d / %d) / 1e9"
            .formatted(amount(month), seconds(start), gone(start, period.to())));
    explain(told, movers, period, before, counted);
    return told;
  }

  /** Adds the statements behind movers. */
  static void explain(
      Map<String, String> told,
      List<CostSummary.Mover> movers,
      CostScope period,
      CostScope before,
      CountedRows counted) {
    var now = byModel(period, counted, true);
    var then = byModel(before, counted, true);
    for (int i = 0; i < movers.size(); i++) {
      String model = movers.get(i).model();
      String spent = now.amountOf(List.of(model));
      String was = then.amountOf(List.of(model));
      told.put("/movers/" + i + "/amount/value", spent);
      told.put("/movers/" + i + "/before/value", was);
      told.put("/movers/" + i + "/change_nanos", "select ((" + spent + ") - (" + was + ")) * 1e9");
    }
  }

  private static String amount(CostResult result) {
    return result.explain() == null ? "" : result.explain().getOrDefault("/amount/value", "");
  }

  /** As much per second for the rest of the month as so far. */
  private static CostResult.Amount forecast(long nanos, Instant monthStart, Instant now) {
    long gone = gone(monthStart, now);
    long whole = seconds(monthStart);
    return CostResult.Amount.of(
        BigInteger.valueOf(nanos)
            .multiply(BigInteger.valueOf(whole))
            .divide(BigInteger.valueOf(gone))
            .longValueExact());
  }

  private static long gone(Instant monthStart, Instant now) {
    return Math.max(1, Duration.between(monthStart, now).toSeconds());
  }

  private static long seconds(Instant monthStart) {
    return Duration.between(monthStart, BucketWidth.MONTH.plus(monthStart, 1)).toSeconds();
  }

  /** The same part of the day or month before. */
  private static CostScope before(String name, CostScope period) {
    BucketWidth width = name.equals("day") ? BucketWidth.DAY : BucketWidth.MONTH;
    return period.between(width.plus(period.from(), -1), width.plus(period.to(), -1));
  }

  private static CostSums byModel(CostScope scope, CountedRows counted, boolean explain) {
    return new CostSums(
        Selection.of(scope, Map.of(), counted), null, List.of(Dimension.MODEL), explain);
  }

  static List<CostResult> byModel(
      Connection connection, CostScope scope, CountedRows counted, boolean explain)
      throws SQLException {
    return byModel(scope, counted, explain).read(connection).getOrDefault(Instant.EPOCH, List.of());
  }

  static List<CostSummary.Mover> movers(List<CostResult> now, List<CostResult> before) {
    Map<String, Long> then = byModel(before);
    Map<String, Long> spent = byModel(now);
    then.keySet().forEach(model -> spent.putIfAbsent(model, 0L));
    List<CostSummary.Mover> movers = new ArrayList<>();
    spent.forEach(
        (model, nanos) -> {
          long was = then.getOrDefault(model, 0L);
          if (nanos != was) {
            movers.add(
                new CostSummary.Mover(
                    model, CostResult.Amount.of(nanos), CostResult.Amount.of(was), nanos - was));
          }
        });
    return movers.stream()
        .sorted(
            Comparator.comparingLong((CostSummary.Mover mover) -> -Math.abs(mover.changeNanos()))
                .thenComparing(CostSummary.Mover::model))
        .limit(TOP)
        .toList();
  }

  private static Map<String, Long> byModel(List<CostResult> results) {
    Map<String, Long> nanos = new TreeMap<>();
    for (CostResult result : results) {
      nanos.merge(
          String.valueOf(result.group().get(Dimension.MODEL.word())),
          result.costNanos(),
          Math::addExact);
    }
    return nanos;
  }

  private static CostResult total(
      Connection connection, CostScope scope, CountedRows counted, boolean explain)
      throws SQLException {
    var sums = new CostSums(Selection.of(scope, Map.of(), counted), null, List.of(), explain);
    List<CostResult> results = sums.read(connection).get(Instant.EPOCH);
    return results == null ? sums.nothing() : results.getFirst();
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
