package dev.flotilla.cost.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Money;
import dev.flotilla.cost.parquet.Column;
import dev.flotilla.cost.parquet.Column.Kind;
import dev.flotilla.cost.parquet.ParquetTable;
import dev.flotilla.cost.report.Query;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Costs as FOCUS 1.2 tells them: a row per hour, team, key, model, task, tags and meter. The amount
 * of a group is shared out over its meters by our catalogue's prices, so that the rows add up to
 * the ledger's nano-dollars whatever the prices are. Attempts of unknown outcome are no charge yet.
 */
final class FocusRows {
  /** The version of the specification. */
  static final String VERSION = "1.2";

  /** The mandatory columns, then those worth having. */
  static final List<Column> COLUMNS =
      List.of(
          new Column("BilledCost", Kind.AMOUNT, false),
          new Column("BillingAccountId", Kind.TEXT, false),
          new Column("BillingAccountName", Kind.TEXT, false),
          new Column("BillingCurrency", Kind.TEXT, false),
          new Column("BillingPeriodEnd", Kind.MOMENT, false),
          new Column("BillingPeriodStart", Kind.MOMENT, false),
          new Column("ChargeCategory", Kind.TEXT, false),
          new Column("ChargeClass", Kind.TEXT, true),
          new Column("ChargeDescription", Kind.TEXT, false),
          new Column("ChargePeriodEnd", Kind.MOMENT, false),
          new Column("ChargePeriodStart", Kind.MOMENT, false),
          new Column("ContractedCost", Kind.AMOUNT, false),
          new Column("EffectiveCost", Kind.AMOUNT, false),
          new Column("InvoiceIssuerName", Kind.TEXT, false),
          new Column("ListCost", Kind.AMOUNT, false),
          new Column("PricingQuantity", Kind.COUNT, false),
          new Column("PricingUnit", Kind.TEXT, false),
          new Column("ProviderName", Kind.TEXT, false),
          new Column("PublisherName", Kind.TEXT, false),
          new Column("ServiceCategory", Kind.TEXT, false),
          new Column("ServiceName", Kind.TEXT, false),
          new Column("ServiceSubcategory", Kind.TEXT, false),
          new Column("ChargeFrequency", Kind.TEXT, false),
          new Column("ConsumedQuantity", Kind.COUNT, false),
          new Column("ConsumedUnit", Kind.TEXT, false),
          new Column("ResourceId", Kind.TEXT, true),
          new Column("SkuId", Kind.TEXT, false),
          new Column("SkuMeter", Kind.TEXT, false),
          new Column("SubAccountId", Kind.TEXT, false),
          new Column("SubAccountName", Kind.TEXT, false),
          new Column("Tags", Kind.TEXT, true));

  private static final String GROUP =
      "team, key_id, project, provider, model, task_type, pipeline, step, tags";

  private static final String CURRENCY = "USD";

  private final Catalog catalog;
  private final String account;

  /**
   * @param account whose bill this is
   */
  FocusRows(Catalog catalog, String account) {
    this.catalog = catalog;
    this.account = account;
  }

  /**
   * @param where from {@code where} on
   */
  static Query query(Query where) {
    var query =
        new Query()
            .add("select date_trunc('hour', started_at, 'UTC') as at, " + GROUP)
            .add(", count(*) as attempts, sum(cost_nanos) as nanos");
    for (Meter meter : Meter.values()) {
      if (meter != Meter.REQUESTS) {
        query.add(", coalesce(sum(" + meter.column + "), 0) as " + meter.column);
      }
    }
    return query
        .add(" from attempt")
        .add(where)
        .add(" and state in ('settled', 'estimated') group by at, " + GROUP)
        .add(" order by at, " + GROUP);
  }

  void csv(ResultSet rows, OutputStream out) throws SQLException, IOException {
    var text = Csv.writer(out);
    Csv.line(text, COLUMNS.stream().map(Column::name).toList());
    while (rows.next()) {
      for (List<@Nullable Object> charge : charges(rows)) {
        Csv.line(text, charge);
      }
    }
    text.flush();
  }

  void parquet(ResultSet rows, OutputStream out) throws SQLException, IOException {
    var table = new ParquetTable(out, COLUMNS, Map.of("focus_version", VERSION));
    while (rows.next()) {
      for (List<@Nullable Object> charge : charges(rows)) {
        table.row(charge);
      }
    }
    table.finish();
    out.flush();
  }

  /** The charges of a group, one per meter that counted something. */
  private List<List<@Nullable Object>> charges(ResultSet row) throws SQLException {
    Instant hour = row.getObject("at", OffsetDateTime.class).toInstant();
    String model = row.getString("model");
    long nanos = row.getBigDecimal("nanos").longValueExact();
    Map<Meter, Long> shares =
        Meter.shares(
            nanos, Meter.counts(row), catalog.find(model).map(m -> m.priceAt(hour)).orElse(null));
    OffsetDateTime month =
        hour.atOffset(ZoneOffset.UTC)
            .truncatedTo(ChronoUnit.DAYS)
            .with(TemporalAdjusters.firstDayOfMonth());
    String provider = row.getString("provider");
    List<List<@Nullable Object>> charges = new ArrayList<>();
    for (var share : shares.entrySet()) {
      Meter meter = share.getKey();
      BigDecimal cost = Money.usd(share.getValue());
      long count =
          meter == Meter.REQUESTS
              ? row.getLong("attempts")
              : row.getBigDecimal(meter.column).longValueExact();
      List<@Nullable Object> charge = new ArrayList<>(COLUMNS.size());
      charge.add(cost);
      charge.add(account);
      charge.add(account);
      charge.add(CURRENCY);
      charge.add(month.plusMonths(1).toInstant());
      charge.add(month.toInstant());
      charge.add("Usage");
      charge.add(null);
      charge.add(model + ", " + meter.word);
      charge.add(hour.plus(1, ChronoUnit.HOURS));
      charge.add(hour);
      charge.add(cost);
      charge.add(cost);
      charge.add(provider);
      charge.add(cost);
      charge.add(count);
      charge.add(meter.unit);
      charge.add(provider);
      charge.add(provider);
      charge.add("AI and Machine Learning");
      charge.add(model);
      charge.add("Generative AI");
      charge.add("Usage-Based");
      charge.add(count);
      charge.add(meter.unit);
      charge.add(row.getString("pipeline"));
      charge.add(model);
      charge.add(meter.word);
      charge.add(row.getString("team"));
      charge.add(row.getString("team"));
      charge.add(tags(row));
      charges.add(charge);
    }
    return charges;
  }

  /** The caller's tags and what else the charge is part of, by names that begin with ours. */
  private static String tags(ResultSet row) throws SQLException {
    ObjectNode tags = Json.object();
    for (String column : List.of("task_type", "pipeline", "step", "project", "key_id")) {
      String value = row.getString(column);
      if (value != null) {
        tags.put("flotilla/" + column, value);
      }
    }
    String given = row.getString("tags");
    if (given != null) {
      try {
        tags.setAll(Json.parseObject(given.getBytes(StandardCharsets.UTF_8)));
      } catch (NotJson e) {
        throw new IllegalStateException("the database keeps only JSON in this column", e);
      }
    }
    return Json.text(tags);
  }
}
