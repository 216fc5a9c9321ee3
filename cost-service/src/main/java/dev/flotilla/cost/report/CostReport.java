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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was spent, over time and on one screen. Thread-safe. */
@ApplicationScoped
class CostReport {
  private static final int TOP = 5;

  private static final CostResult NOTHING =
      new CostResult(
          CostResult.OBJECT,
          Map.of(),
          CostResult.Amount.of(0),
          null,
          0,
          0,
          new CostResult.Unknown(0, 0, 0),
          0,
          0,
          0L,
          0,
          0,
          0,
          0L,
          0L,
          false,
          null);

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

  /** The period's figures; whether invented answers count is decided once, for the month. */
  CostSummary summary(String name, CostScope period, SimulatedRows simulated) {
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
          CostResult total = total(connection, period, counted);
          List<CostResult> models =
              sums(connection, period, List.of(Dimension.MODEL), counted)
                  .getOrDefault(Instant.EPOCH, List.of());
          return new CostSummary(
              "cost.summary",
              name,
              period.from().getEpochSecond(),
              now.getEpochSecond(),
              total(connection, period.between(today, now), counted).amount(),
              total(connection, month, counted).amount(),
              forecast(total(connection, month, counted).costNanos(), monthStart, now),
              total,
              models.stream().limit(TOP).toList(),
              movers(models, modelsBefore(connection, name, period, counted)),
              total.simulated(),
              now);
        });
  }

  /** As much per second for the rest of the month as so far. */
  private static CostResult.Amount forecast(long nanos, Instant monthStart, Instant now) {
    long gone = Math.max(1, Duration.between(monthStart, now).toSeconds());
    long whole = Duration.between(monthStart, BucketWidth.MONTH.plus(monthStart, 1)).toSeconds();
    return CostResult.Amount.of(
        BigInteger.valueOf(nanos)
            .multiply(BigInteger.valueOf(whole))
            .divide(BigInteger.valueOf(gone))
            .longValueExact());
  }

  private static List<CostResult> modelsBefore(
      Connection connection, String name, CostScope period, CountedRows counted)
      throws SQLException {
    BucketWidth width = name.equals("day") ? BucketWidth.DAY : BucketWidth.MONTH;
    CostScope before = period.between(width.plus(period.from(), -1), width.plus(period.to(), -1));
    return sums(connection, before, List.of(Dimension.MODEL), counted)
        .getOrDefault(Instant.EPOCH, List.of());
  }

  private static List<CostSummary.Mover> movers(List<CostResult> now, List<CostResult> before) {
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

  private static CostResult total(Connection connection, CostScope scope, CountedRows counted)
      throws SQLException {
    return sums(connection, scope, List.of(), counted)
        .getOrDefault(Instant.EPOCH, List.of(NOTHING))
        .getFirst();
  }

  private static Map<Instant, List<CostResult>> sums(
      Connection connection, CostScope scope, List<Dimension> dimensions, CountedRows counted)
      throws SQLException {
    return new CostSums(Selection.of(scope, Map.of(), counted), null, dimensions, false)
        .read(connection);
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }
}
