package dev.flotilla.cost.export;

import dev.flotilla.catalog.Money;
import dev.flotilla.cost.report.Query;
import dev.flotilla.kit.postgres.Database;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OpenAI's two reports, from the roll-ups; invented answers are never in them. Thread-safe. */
@ApplicationScoped
class OrganizationReport {
  private final Database database;

  @Inject
  OrganizationReport(Database database) {
    this.database = database;
  }

  /**
   * @param onlyTeam null for all
   */
  OrganizationPage costs(OrganizationQuestion question, @Nullable String onlyTeam) {
    return page(question, onlyTeam, OrganizationReport::cost);
  }

  /**
   * @param onlyTeam null for all
   */
  OrganizationPage completions(OrganizationQuestion question, @Nullable String onlyTeam) {
    return page(question, onlyTeam, OrganizationReport::completions);
  }

  /** Reads one sum. */
  @FunctionalInterface
  private interface Reader {
    Object read(ResultSet row, Map<String, String> groups, @Nullable Query at) throws SQLException;
  }

  private OrganizationPage page(
      OrganizationQuestion question, @Nullable String onlyTeam, Reader reader) {
    Map<Instant, List<Object>> found =
        database.inTransaction(
            connection -> {
              Map<Instant, List<Object>> results = new LinkedHashMap<>();
              try (PreparedStatement statement = query(question, onlyTeam).prepare(connection);
                  ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                  Instant bucket = rows.getObject("bucket", OffsetDateTime.class).toInstant();
                  Query at = question.explain() ? at(question, onlyTeam, bucket, rows) : null;
                  results
                      .computeIfAbsent(bucket, b -> new ArrayList<>())
                      .add(reader.read(rows, question.groups(), at));
                }
              }
              return results;
            });
    List<OrganizationPage.Bucket> buckets = new ArrayList<>();
    for (int i = 0; question.start(i).isBefore(question.end()); i++) {
      Instant start = question.start(i);
      buckets.add(
          new OrganizationPage.Bucket(
              "bucket",
              start.getEpochSecond(),
              question.start(i + 1).getEpochSecond(),
              List.copyOf(found.getOrDefault(start, List.of()))));
    }
    boolean more = question.end().isBefore(question.to());
    return new OrganizationPage(
        "page", buckets, more, more ? OrganizationQuestion.nextPage(question.end()) : null);
  }

  private static Query query(OrganizationQuestion question, @Nullable String onlyTeam) {
    String groups =
        String.join("", question.groups().values().stream().map(c -> ", " + c).toList());
    var query =
        new Query()
            .add("select at as bucket" + groups)
            .add(
                """
                , sum(settled_nanos) + sum(estimated_nanos) as nanos, sum(attempts) as attempts,
                sum(input_tokens) + sum(cache_read_tokens) + sum(cache_write_tokens) as input,
                sum(cache_read_tokens) as cached, sum(output_tokens) + sum(reasoning_tokens) as output,
                sum(audio_in_tokens) as audio_in, sum(audio_out_tokens) as audio_out\
                """)
            .add(question.width().toHours() == 1 ? " from spend_hour" : " from spend_day")
            .add(" where at >= ? and at < ? and not simulated", question.from(), question.end());
    if (onlyTeam != null) {
      query.add(" and team = ?", onlyTeam);
    }
    return query.add(" group by at" + groups + " order by at, nanos desc" + groups);
  }

  /** The ledger's rows behind a result, from {@code from} on. */
  private static Query at(
      OrganizationQuestion question, @Nullable String onlyTeam, Instant bucket, ResultSet row)
      throws SQLException {
    var query =
        new Query()
            .add(
                " from cost.attempt where started_at >= ? and started_at < ? and not simulated",
                bucket,
                bucket.plus(question.width()));
    if (onlyTeam != null) {
      query.add(" and team = ?", onlyTeam);
    }
    for (String column : question.groups().values()) {
      String value = row.getString(column);
      if (value == null) {
        query.add(" and " + column + " is null");
      } else {
        query.add(" and " + column + " = ?", value);
      }
    }
    return query;
  }

  private static String sum(String figure, Query at, String more) {
    return new Query().add("select " + figure).add(at).add(more).literal();
  }

  private static OrganizationPage.Cost cost(
      ResultSet row, Map<String, String> groups, @Nullable Query at) throws SQLException {
    return new OrganizationPage.Cost(
        "organization.costs.result",
        new OrganizationPage.Amount(Money.usd(whole(row, "nanos")), "usd"),
        group(row, groups, "line_item"),
        group(row, groups, "project_id"),
        group(row, groups, "api_key_id"),
        null,
        null,
        at == null
            ? null
            : Map.of(
                "/amount/value",
                sum(
                    "coalesce(sum(cost_nanos), 0) / 1e9",
                    at,
                    " and state in ('settled', 'estimated')")));
  }

  private static OrganizationPage.Completions completions(
      ResultSet row, Map<String, String> groups, @Nullable Query at) throws SQLException {
    return new OrganizationPage.Completions(
        "organization.usage.completions.result",
        whole(row, "input"),
        whole(row, "output"),
        whole(row, "cached"),
        whole(row, "audio_in"),
        whole(row, "audio_out"),
        whole(row, "attempts"),
        group(row, groups, "project_id"),
        null,
        group(row, groups, "api_key_id"),
        group(row, groups, "model"),
        null,
        null,
        at == null ? null : usage(at));
  }

  private static Map<String, String> usage(Query at) {
    Map<String, String> told = new LinkedHashMap<>();
    told.put(
        "/input_tokens",
        sum(
            "coalesce(sum(input_tokens), 0) + coalesce(sum(cache_read_tokens), 0)"
                + " + coalesce(sum(cache_write_5m_tokens), 0) + coalesce(sum(cache_write_1h_tokens), 0)",
            at,
            ""));
    told.put(
        "/output_tokens",
        sum("coalesce(sum(output_tokens), 0) + coalesce(sum(reasoning_tokens), 0)", at, ""));
    told.put("/input_cached_tokens", sum("coalesce(sum(cache_read_tokens), 0)", at, ""));
    told.put("/input_audio_tokens", sum("coalesce(sum(audio_in_tokens), 0)", at, ""));
    told.put("/output_audio_tokens", sum("coalesce(sum(audio_out_tokens), 0)", at, ""));
    told.put("/num_model_requests", sum("count(*)", at, " and origin <> 'correction'"));
    return told;
  }

  private static @Nullable String group(ResultSet row, Map<String, String> groups, String word)
      throws SQLException {
    String column = groups.get(word);
    return column == null ? null : row.getString(column);
  }

  private static long whole(ResultSet row, String column) throws SQLException {
    return row.getBigDecimal(column).longValueExact();
  }
}
