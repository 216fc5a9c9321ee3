package dev.flotilla.cost.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Money;
import dev.flotilla.cost.report.Query;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.io.Writer;
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
  static final List<String> COLUMNS =
      List.of(
          "BilledCost",
          "BillingAccountId",
          "BillingAccountName",
          "BillingCurrency",
          "BillingPeriodEnd",
          "BillingPeriodStart",
          "ChargeCategory",
          "ChargeClass",
          "ChargeDescription",
          "ChargePeriodEnd",
          "ChargePeriodStart",
          "ContractedCost",
          "EffectiveCost",
          "InvoiceIssuerName",
          "ListCost",
          "PricingQuantity",
          "PricingUnit",
          "ProviderName",
          "PublisherName",
          "ServiceCategory",
          "ServiceName",
          "ServiceSubcategory",
          "ChargeFrequency",
          "ConsumedQuantity",
          "ConsumedUnit",
          "ResourceId",
          "SkuId",
          "SkuMeter",
          "SubAccountId",
          "SubAccountName",
          "Tags");

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

  void csv(ResultSet rows, Writer out) throws SQLException, IOException {
    Csv.line(out, COLUMNS);
    while (rows.next()) {
      for (List<@Nullable Object> charge : charges(rows)) {
        Csv.line(out, charge);
      }
    }
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
      charge.add(month.plusMonths(1).toInstant().toString());
      charge.add(month.toInstant().toString());
      charge.add("Usage");
      charge.add(null);
      charge.add(model + ", " + meter.word);
      charge.add(hour.plus(1, ChronoUnit.HOURS).toString());
      charge.add(hour.toString());
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
