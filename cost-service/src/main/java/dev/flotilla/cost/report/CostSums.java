package dev.flotilla.cost.report;

import dev.flotilla.cost.report.Selection.Part;
import dev.flotilla.cost.report.Selection.Part.Span;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One sum per bucket and group: from the roll-ups where whole hours or days are asked for, else
 * from the rows. One thread.
 */
final class CostSums {
  /** What a value of a tag is called that came after a thousand others. */
  static final String OTHER = "(other)";

  /**
   * Distinct requests cannot be added up, so they are counted in the rows; with more rows than this
   * that takes longer than a report should.
   */
  static final long MOST_ROWS_TO_COUNT = 200_000;

  private static final int MOST_NAMES = 32;

  /** A figure, and how rows and roll-ups tell it; their columns have the same names. */
  private static final Map<String, String> OF_ATTEMPTS = new LinkedHashMap<>();

  static {
    OF_ATTEMPTS.put("attempts", "sum(attempts)");
    OF_ATTEMPTS.put("settled_nanos", "sum(settled_nanos)");
    OF_ATTEMPTS.put("estimated_nanos", "sum(estimated_nanos)");
    OF_ATTEMPTS.put("unknown_floor", "sum(unknown_floor_nanos)");
    OF_ATTEMPTS.put("unknown_ceiling", "sum(unknown_ceiling_nanos)");
    OF_ATTEMPTS.put(
        "prompt_tokens", "sum(cache_write_tokens) + sum(input_tokens) + sum(cache_read_tokens)");
    OF_ATTEMPTS.put("cached_tokens", "sum(cache_read_tokens)");
    OF_ATTEMPTS.put("completion_tokens", "sum(output_tokens) + sum(reasoning_tokens)");
  }

  private static final List<String> OF_DECISIONS = List.of("cache_hits", "fallbacks");

  /** Dimensions that roll-ups of tags have too. */
  private static final Set<Dimension> BESIDE_TAGS =
      Set.of(Dimension.TEAM, Dimension.PROJECT, Dimension.PROVIDER, Dimension.MODEL);

  /** Where a tag's value is read. */
  private enum Tags {
    /** From the rows, every value as it is. */
    ROWS,
    /** From the rows, the values that are not summed up as one. */
    BOUNDED_ROWS,
    ROLLED_UP,
    /** Nowhere: the sum of all rows, from which those with the tag are taken. */
    NONE
  }

  /** Which group of which bucket. */
  private record Place(Instant bucket, List<@Nullable String> values, boolean simulated) {}

  private record Requests(@Nullable Long all, long unknown) {}

  private final Selection selection;
  private final @Nullable BucketWidth width;
  private final List<Dimension> dimensions;
  private final boolean explain;

  /**
   * @param width null for one bucket that holds the whole selection, filed under the epoch
   * @param explain whether each figure comes with the statement that recomputes it
   */
  CostSums(
      Selection selection,
      @Nullable BucketWidth width,
      List<Dimension> dimensions,
      boolean explain) {
    this.selection = selection;
    this.width = width;
    this.dimensions = dimensions;
    this.explain = explain;
  }

  /** Buckets without any result are not there; within one the dearest result is first. */
  Map<Instant, List<CostResult>> read(Connection connection) throws SQLException {
    if (!selection.from().isBefore(selection.to())) {
      return new LinkedHashMap<>();
    }
    boolean tagged = dimensions.stream().anyMatch(Dimension::tag);
    boolean rolledUp = !tagged || tagsAreRolledUp(connection);
    boolean decided = !tagged && decided();
    Map<Place, Map<String, Long>> sums = sums(connection, rolledUp, decided);
    long attempts = sums.values().stream().mapToLong(sum -> of(sum, "attempts")).sum();
    boolean countable = attempts <= MOST_ROWS_TO_COUNT;
    Map<Place, Requests> requests = requests(connection, tagged && rolledUp, countable);
    Map<Instant, List<CostResult>> results = new LinkedHashMap<>();
    sums.forEach(
        (place, sum) ->
            results
                .computeIfAbsent(place.bucket(), b -> new ArrayList<>())
                .add(
                    result(
                        place,
                        sum,
                        requests.getOrDefault(place, new Requests(countable ? 0L : null, 0)),
                        decided,
                        tagged && rolledUp)));
    return results;
  }

  /** What there is where there are no rows: zeros, and how to see that for oneself. */
  CostResult nothing() {
    return result(
        new Place(Instant.EPOCH, List.of(), selection.counted() == CountedRows.SIMULATED),
        Map.of(),
        new Requests(0L, 0),
        decided(),
        false);
  }

  /** The statement behind the amount of a group, also of one that has no rows. */
  String amountOf(List<@Nullable String> values) {
    return explanations(
            new Place(Instant.EPOCH, values, selection.counted() == CountedRows.SIMULATED),
            false,
            false,
            false)
        .getOrDefault("/amount/value", "");
  }

  private boolean decided() {
    return selection.decided() && dimensions.stream().allMatch(Dimension::decided);
  }

  /** Whether the roll-ups of tags know this tag of everybody, and all else that is asked for. */
  private boolean tagsAreRolledUp(Connection connection) throws SQLException {
    List<Dimension> tags = dimensions.stream().filter(Dimension::tag).toList();
    if (width == BucketWidth.HOUR
        || tags.size() > 1
        || !BESIDE_TAGS.containsAll(selection.filters().keySet())
        || !dimensions.stream().allMatch(d -> d.tag() || BESIDE_TAGS.contains(d))) {
      return false;
    }
    var query = new Query().add("select not exists (select from tag_name where true");
    String team = selection.filters().get(Dimension.TEAM);
    if (team != null) {
      query.add(" and team = ?", team);
    }
    query.add(
        " group by team having count(*) >= "
            + MOST_NAMES
            + " and count(*) filter (where name = ?) = 0)",
        tags.getFirst().column());
    try (PreparedStatement statement = query.prepare(connection);
        ResultSet rows = statement.executeQuery()) {
      return rows.next() && rows.getBoolean(1);
    }
  }

  private Map<Place, Map<String, Long>> sums(
      Connection connection, boolean rolledUp, boolean decided) throws SQLException {
    boolean tagged = dimensions.stream().anyMatch(Dimension::tag);
    List<Query> sources = new ArrayList<>();
    for (Part part : parts(rolledUp)) {
      boolean row = part.span() == Span.ROW;
      if (!tagged || row) {
        Tags tags = tagged && rolledUp ? Tags.BOUNDED_ROWS : Tags.ROWS;
        sources.add(source(part, part.span().spending, tags, "", new Query()));
      } else {
        Query named = named();
        sources.add(source(part, part.span().spending, Tags.NONE, "", new Query()));
        sources.add(source(part, part.span().tags, Tags.NONE, "-", named));
        sources.add(source(part, part.span().tags, Tags.ROLLED_UP, "", named));
      }
      if (decided) {
        sources.add(answers(part));
      }
    }
    var query = new Query().add("select bucket, " + groups() + "simulated");
    OF_ATTEMPTS.keySet().forEach(f -> query.add(", sum(" + f + ") as " + f));
    OF_DECISIONS.forEach(f -> query.add(", sum(" + f + ") as " + f));
    query.add(" from (");
    for (int i = 0; i < sources.size(); i++) {
      query.add(i == 0 ? "" : " union all ").add(sources.get(i));
    }
    query.add(
        ") told group by bucket, "
            + groups()
            + "simulated having sum(attempts) <> 0 or sum(settled_nanos) <> 0 or sum(estimated_nanos) <> 0"
            + " or sum(cache_hits) <> 0 or sum(fallbacks) <> 0"
            + " order by bucket, sum(settled_nanos) + sum(estimated_nanos) desc, sum(attempts) desc, "
            + groups()
            + "simulated");
    Map<Place, Map<String, Long>> sums = new LinkedHashMap<>();
    try (PreparedStatement statement = query.prepare(connection);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        Map<String, Long> sum = new HashMap<>();
        for (String figure : OF_ATTEMPTS.keySet()) {
          sum.put(figure, whole(rows, figure));
        }
        for (String figure : OF_DECISIONS) {
          sum.put(figure, whole(rows, figure));
        }
        sums.put(place(rows), sum);
      }
    }
    return sums;
  }

  private List<Part> parts(boolean rolledUp) {
    if (!rolledUp) {
      return selection.parts();
    }
    if (dimensions.stream().anyMatch(Dimension::tag)) {
      return width == null || width == BucketWidth.MONTH
          ? selection.parts(Span.MONTH, Span.DAY)
          : selection.parts(Span.DAY);
    }
    return width == BucketWidth.HOUR
        ? selection.parts(Span.HOUR)
        : selection.parts(Span.DAY, Span.HOUR);
  }

  /** {@code and name …}: rows of the tag that is asked for. */
  private Query named() {
    String name =
        dimensions.stream().filter(Dimension::tag).map(Dimension::column).findFirst().orElse("");
    return new Query().add(" and name_digest = md5(?)", name);
  }

  private Query source(Part part, String table, Tags tags, String sign, Query more) {
    var query = columns(part.span().time, part.from(), part.to(), tags);
    OF_ATTEMPTS.forEach((figure, told) -> query.add(", " + sign + "(" + told + ") as " + figure));
    OF_DECISIONS.forEach(figure -> query.add(", 0 as " + figure));
    return query
        .add(" from " + table)
        .add(part.range())
        .add(more)
        .add(selection.conditions())
        .add(grouped());
  }

  private Query answers(Part part) {
    var query = columns(part.span().time, part.from(), part.to(), Tags.NONE);
    OF_ATTEMPTS.keySet().forEach(figure -> query.add(", 0 as " + figure));
    OF_DECISIONS.forEach(figure -> query.add(", sum(" + figure + ") as " + figure));
    return query
        .add(" from " + part.span().answers)
        .add(part.range())
        .add(selection.conditions())
        .add(grouped());
  }

  /** {@code select} bucket, groups and whether invented, of rows in this range. */
  private Query columns(String time, Instant from, Instant to, Tags tags) {
    var query = new Query().add("select " + bucket(time, from, to) + " as bucket");
    for (int i = 0; i < dimensions.size(); i++) {
      query.add(", ").add(value(dimensions.get(i), tags)).add(" as g" + i);
    }
    return query.add(", simulated");
  }

  private String bucket(String time, Instant from, Instant to) {
    if (width == null) {
      return "timestamptz 'epoch'";
    }
    Instant start = width.startOf(from);
    // A range within one bucket need not compute it for each row: that is most of what a month's
    // report takes.
    return width.startOf(to.minusNanos(1)).equals(start)
        ? "timestamptz '" + start + "'"
        : "date_trunc('" + width.sql + "', " + time + ", 'UTC')";
  }

  /** {@code group by} what {@link #columns} selects. */
  private String grouped() {
    var columns = new StringBuilder(" group by 1, 2");
    for (int i = 0; i < dimensions.size(); i++) {
      columns.append(", ").append(i + 3);
    }
    return columns.toString();
  }

  private static Query value(Dimension dimension, Tags tags) {
    if (!dimension.tag()) {
      return new Query().add(dimension.column());
    }
    String name = dimension.column();
    return switch (tags) {
      case ROWS -> new Query().add("tags ->> ?::text", name);
      case BOUNDED_ROWS ->
          new Query()
              .add("case when tags ->> ?::text is null then null when ", name)
              .add(known(name))
              .add(" then tags ->> ?::text else '" + OTHER + "' end", name);
      case ROLLED_UP -> new Query().add("coalesce(value, '" + OTHER + "')");
      case NONE -> new Query().add("null::text");
    };
  }

  /** Whether a row's value of a tag is one of those that are summed up alone. */
  private static Query known(String name) {
    return new Query()
        .add(
            "(team, md5(tags ->> ?::text)) in (select known.team, md5(known.value) from cost.tag_value known"
                + " where md5(known.name) = md5(?))",
            name,
            name);
  }

  private Map<Place, Requests> requests(Connection connection, boolean bounded, boolean countable)
      throws SQLException {
    // A group per request is hashed; count(distinct …) would sort them by the database's collation.
    var query =
        new Query()
            .add(
                "select bucket, "
                    + groups()
                    + "simulated, count(*) as requests, count(*) filter (where unknown) as unknown_requests from (select bucket, "
                    + groups()
                    + "simulated, request_id, bool_or(state = 'unknown') as unknown from (")
            .add(
                columns(
                    "started_at",
                    selection.from(),
                    selection.to(),
                    bounded ? Tags.BOUNDED_ROWS : Tags.ROWS))
            .add(
                ", request_id, state from attempt where started_at >= ? and started_at < ?",
                selection.from(),
                selection.to())
            .add(selection.conditions())
            .add(countable ? "" : " and state = 'unknown'")
            .add(") told group by bucket, " + groups() + "simulated, request_id")
            .add(") asked group by bucket, " + groups() + "simulated");
    Map<Place, Requests> requests = new HashMap<>();
    try (PreparedStatement statement = query.prepare(connection);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        requests.put(
            place(rows),
            new Requests(
                countable ? whole(rows, "requests") : null, whole(rows, "unknown_requests")));
      }
    }
    return requests;
  }

  /** {@code g0, g1, } and so on. */
  private String groups() {
    var groups = new StringBuilder();
    for (int i = 0; i < dimensions.size(); i++) {
      groups.append('g').append(i).append(", ");
    }
    return groups.toString();
  }

  private Place place(ResultSet rows) throws SQLException {
    List<@Nullable String> values = new ArrayList<>();
    for (int i = 0; i < dimensions.size(); i++) {
      values.add(rows.getString("g" + i));
    }
    return new Place(rows.getTimestamp("bucket").toInstant(), values, rows.getBoolean("simulated"));
  }

  private CostResult result(
      Place place, Map<String, Long> sum, Requests requests, boolean decided, boolean bounded) {
    Map<String, @Nullable String> group = new LinkedHashMap<>();
    for (int i = 0; i < dimensions.size(); i++) {
      group.put(dimensions.get(i).word(), place.values().get(i));
    }
    long settled = of(sum, "settled_nanos");
    long estimated = of(sum, "estimated_nanos");
    long nanos = Math.addExact(settled, estimated);
    return new CostResult(
        CostResult.OBJECT,
        group,
        CostResult.Amount.of(nanos),
        null,
        nanos,
        settled,
        new CostResult.Unknown(
            requests.unknown(), of(sum, "unknown_floor"), of(sum, "unknown_ceiling")),
        estimated,
        of(sum, "attempts"),
        requests.all(),
        of(sum, "prompt_tokens"),
        of(sum, "cached_tokens"),
        of(sum, "completion_tokens"),
        decided ? of(sum, "cache_hits") : null,
        decided ? of(sum, "fallbacks") : null,
        place.simulated(),
        explain ? explanations(place, decided, bounded, requests.all() != null) : null);
  }

  /** The statement behind each figure, by the figure's place in the result. */
  private Map<String, String> explanations(
      Place place, boolean decided, boolean bounded, boolean counted) {
    Map<String, String> told = new LinkedHashMap<>();
    String known = " and state in ('settled', 'estimated')";
    String unknown = " and state = 'unknown'";
    attempts(told, "/amount/value", "coalesce(sum(cost_nanos), 0) / 1e9", known, place, bounded);
    attempts(told, "/cost_nanos", "coalesce(sum(cost_nanos), 0)", known, place, bounded);
    attempts(
        told,
        "/settled_nanos",
        "coalesce(sum(cost_nanos), 0)",
        " and state = 'settled'",
        place,
        bounded);
    attempts(
        told,
        "/estimated_nanos",
        "coalesce(sum(cost_nanos), 0)",
        " and state = 'estimated'",
        place,
        bounded);
    attempts(told, "/unknown/requests", "count(distinct request_id)", unknown, place, bounded);
    attempts(
        told, "/unknown/floor_nanos", "coalesce(sum(floor_nanos), 0)", unknown, place, bounded);
    attempts(
        told, "/unknown/ceiling_nanos", "coalesce(sum(ceiling_nanos), 0)", unknown, place, bounded);
    attempts(told, "/attempts", "count(*)", " and origin <> 'correction'", place, bounded);
    if (counted) {
      attempts(told, "/requests", "count(distinct request_id)", "", place, bounded);
    }
    attempts(
        told,
        "/prompt_tokens",
        "coalesce(sum(coalesce(input_tokens, 0)), 0) + coalesce(sum(cache_read_tokens), 0)"
            + " + coalesce(sum(cache_write_5m_tokens), 0) + coalesce(sum(cache_write_1h_tokens), 0)",
        "",
        place,
        bounded);
    attempts(told, "/cached_tokens", "coalesce(sum(cache_read_tokens), 0)", "", place, bounded);
    attempts(
        told,
        "/completion_tokens",
        "coalesce(sum(output_tokens), 0) + coalesce(sum(reasoning_tokens), 0)",
        "",
        place,
        bounded);
    if (decided) {
      decisions(told, "/cache_hits", " and model is not null and cache = 'hit'", place);
      decisions(told, "/fallbacks", " and model is not null and fallback_count > 0", place);
    }
    return told;
  }

  private void attempts(
      Map<String, String> told,
      String figure,
      String sum,
      String states,
      Place place,
      boolean bounded) {
    told.put(
        figure,
        new Query()
            .add("select " + sum + " from cost.attempt")
            .add(at(place, bounded))
            .add(states)
            .literal());
  }

  private void decisions(Map<String, String> told, String figure, String which, Place place) {
    told.put(
        figure,
        new Query()
            .add("select count(*) from cost.decision")
            .add(at(place, false))
            .add(which)
            .literal());
  }

  /** The rows of a bucket's group. */
  private Query at(Place place, boolean bounded) {
    Instant from = selection.from();
    Instant to = selection.to();
    if (width != null) {
      Instant end = width.plus(place.bucket(), 1);
      from = from.isAfter(place.bucket()) ? from : place.bucket();
      to = to.isBefore(end) ? to : end;
    }
    var query = new Query().add(" where started_at >= ? and started_at < ?", from, to);
    query.add(selection.conditions());
    if (selection.counted() == CountedRows.BOTH) {
      query.add(place.simulated() ? CountedRows.SIMULATED.sql : CountedRows.REAL.sql);
    }
    for (int i = 0; i < dimensions.size(); i++) {
      Dimension dimension = dimensions.get(i);
      String value = place.values().get(i);
      Query column = value(dimension, Tags.ROWS);
      if (value == null) {
        query.add(" and ").add(column).add(" is null");
      } else if (dimension.tag() && bounded && value.equals(OTHER)) {
        query.add(" and ").add(column).add(" is not null and not ").add(known(dimension.column()));
      } else {
        query.add(" and ").add(column).add(" = ?", value);
        if (dimension.tag() && bounded) {
          query.add(" and ").add(known(dimension.column()));
        }
      }
    }
    return query;
  }

  private static long of(Map<String, Long> sum, String figure) {
    return sum.getOrDefault(figure, 0L);
  }

  /** A sum of bigints is a numeric; what does not fit is an error, not a wrap. */
  private static long whole(ResultSet rows, String column) throws SQLException {
    BigDecimal sum = rows.getBigDecimal(column);
    return sum == null ? 0 : sum.longValueExact();
  }
}
