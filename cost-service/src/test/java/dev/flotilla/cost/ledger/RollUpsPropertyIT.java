package dev.flotilla.cost.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.contracts.ledger.LedgerEntry;
import dev.flotilla.cost.pricing.PriceVerdict;
import dev.flotilla.kit.postgres.Database;
import dev.flotilla.kit.postgres.DatabaseConfig;
import dev.flotilla.testkit.RealPostgres;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import org.jspecify.annotations.Nullable;

/** Whatever comes in whatever order: a roll-up is what its rows add up to. */
class RollUpsPropertyIT {
  private static final Instant START = Instant.parse("2026-07-31T20:30:00Z");

  /** What rows say and roll-ups do not, and the other way round. */
  private static final String DIFFERENCE =
      """
      with told as (
          select date_trunc('%1$s', started_at, 'UTC') as at, team, key_id, project, provider, model, task_type, pipeline, step, simulated,
              sum(attempts) as attempts, sum(settled_nanos) as settled, sum(estimated_nanos) as estimated,
              sum(unknown_floor_nanos) as floor, sum(unknown_ceiling_nanos) as ceiling, sum(input_tokens) as input,
              sum(cache_read_tokens) as read, sum(cache_write_tokens) as written, sum(output_tokens) as output,
              sum(reasoning_tokens) as reasoning, sum(audio_in_tokens) as audio_in, sum(audio_out_tokens) as audio_out
          from cost.attempt_figures group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
      kept as (
          select at, team, key_id, project, provider, model, task_type, pipeline, step, simulated, attempts::numeric, settled_nanos,
              estimated_nanos, unknown_floor_nanos, unknown_ceiling_nanos, input_tokens, cache_read_tokens, cache_write_tokens,
              output_tokens, reasoning_tokens, audio_in_tokens, audio_out_tokens
          from cost.spend_%1$s)
      select count(*) from ((select * from told except all select * from kept) union all (select * from kept except all select * from told)) d""";

  private static final String DIFFERENCE_OF_TAGS =
      """
      with told as (
          select date_trunc('%1$s', started_at, 'UTC') as at, a.team, a.project, a.provider, a.model, a.simulated, t.key as name,
              v.value as value, sum(attempts) as attempts, sum(settled_nanos) as settled, sum(estimated_nanos) as estimated,
              sum(unknown_floor_nanos) as floor, sum(unknown_ceiling_nanos) as ceiling, sum(input_tokens) as input,
              sum(output_tokens) as output
          from cost.attempt_figures a cross join lateral jsonb_each_text(a.tags) t
              join cost.tag_name n on n.team = a.team and n.name = t.key
              left join cost.tag_value v on v.team = a.team and v.name = t.key and v.value = t.value
          where jsonb_typeof(a.tags) = 'object' group by 1, 2, 3, 4, 5, 6, 7, 8),
      kept as (
          select at, team, project, provider, model, simulated, name, value, attempts::numeric, settled_nanos, estimated_nanos,
              unknown_floor_nanos, unknown_ceiling_nanos, input_tokens, output_tokens
          from cost.spend_tag_%1$s)
      select count(*) from ((select * from told except all select * from kept) union all (select * from kept except all select * from told)) d""";

  private static final RealPostgres.Access ACCESS = RealPostgres.freshDatabase();
  private static final Database DATABASE =
      Database.open(
          new DatabaseConfig("cost", ACCESS.jdbcUrl(), ACCESS.user(), ACCESS.password(), 2));

  /** So that no try meets the attempts of another. */
  private static long tries;

  @AfterContainer
  static void close() {
    DATABASE.close();
  }

  /**
   * What is told of an attempt.
   *
   * @param number which attempt of this try; what it began with is made of that
   * @param nanos what it cost, or its ceiling while nobody knows
   */
  record Told(int number, String state, long nanos, @Nullable Long tokens) {}

  @Property(tries = 30)
  void roll_ups_are_what_rows_add_up_to(@ForAll("batches") List<List<Told>> batches)
      throws SQLException {
    assertTrue(DATABASE.awaitMigrated(Duration.ofSeconds(30)));
    tries++;
    for (List<Told> batch : batches) {
      Map<UUID, AttemptRow> rows = new LinkedHashMap<>();
      batch.forEach(told -> rows.putIfAbsent(id(told.number()), row(told)));
      DATABASE.inTransaction(connection -> AttemptTable.write(connection, rows.values()));
    }
    assertEquals("0", sql(DIFFERENCE.formatted("hour")), "hours");
    assertEquals("0", sql(DIFFERENCE.formatted("day")), "days");
    assertEquals("0", sql(DIFFERENCE_OF_TAGS.formatted("day")), "days of tags");
    assertEquals("0", sql(DIFFERENCE_OF_TAGS.formatted("month")), "months of tags");
    long attempts =
        batches.stream().flatMap(List::stream).mapToInt(Told::number).distinct().count();
    assertEquals(
        Long.toString(attempts),
        sql(
            "select coalesce(sum(attempts), 0) from cost.spend_day where key_id = 'k"
                + tries
                + "'"));
  }

  @Provide
  Arbitrary<List<List<Told>>> batches() {
    Arbitrary<Told> told =
        Combinators.combine(
                Arbitraries.integers().between(0, 24),
                Arbitraries.frequencyOf(
                    Tuple.of(4, Arbitraries.of("unknown")),
                    Tuple.of(6, Arbitraries.of("settled", "estimated", "void"))),
                // Also amounts that only a sum of many could not hold.
                Arbitraries.longs().between(0, Long.MAX_VALUE),
                Arbitraries.longs().between(0, Long.MAX_VALUE).injectNull(0.2))
            .as(Told::new);
    return told.list().ofMinSize(1).ofMaxSize(12).list().ofMinSize(1).ofMaxSize(6);
  }

  private static UUID id(int number) {
    long millis = at(number).toEpochMilli();
    return new UUID((millis << 16) | 0x7000, Long.MIN_VALUE | (tries << 16) | number);
  }

  /** Some in the same hour, some on both sides of a midnight that ends a month. */
  private static Instant at(int number) {
    return START.plus(Duration.ofMinutes(23L * number));
  }

  private static AttemptRow row(Told told) {
    int n = told.number();
    String project = n % 3 == 0 ? null : "web";
    String pipeline = n % 4 == 0 ? "content" : null;
    Map<String, String> tags =
        n % 5 == 0 ? null : Map.of("feature", "f" + n % 3, "it's", "o'clock " + n % 2);
    boolean known = told.state().equals("settled") || told.state().equals("estimated");
    var usage =
        new AttemptUsage(
            told.tokens(), told.tokens(), null, 7L, told.tokens(), null, null, told.tokens(), null);
    var entry =
        new LedgerEntry(
            id(n).toString(),
            told.state(),
            "r" + tries + "-" + n / 2,
            null,
            pipeline,
            pipeline == null ? null : "draft",
            "chat",
            "team-" + n % 2,
            "k" + tries,
            project,
            n % 2 == 0 ? "bulk" : null,
            "acme",
            "acme/m" + n % 3,
            null,
            "v",
            n % 7 == 0,
            at(n),
            told.state().equals("unknown") ? null : at(n).plusSeconds(1),
            told.state().equals("unknown") ? null : "ok",
            null,
            null,
            told.state().equals("estimated"),
            usage,
            known ? told.nanos() : null,
            0,
            told.nanos(),
            tags,
            null,
            null);
    return new AttemptRow(id(n), entry, PriceVerdict.UNCHECKED);
  }

  private static String sql(String query) throws SQLException {
    try (var connection = ACCESS.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      assertTrue(rows.next(), query);
      return String.valueOf(rows.getString(1));
    }
  }
}
