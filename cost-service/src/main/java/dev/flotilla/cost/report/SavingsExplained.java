package dev.flotilla.cost.report;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The statement behind each figure of {@link Savings}, as a person can run it. What was re-priced
 * is priced by the list that this service keeps in {@code cost.price_version}. Immutable.
 */
final class SavingsExplained {
  /**
   * The prices that held on the tokens' day, for prompts of their length, and rounded like ours.
   */
  private static final String PRICED =
      """
      , line as (
          select l ->> 'model' as model, (l ->> 'from')::date as since, (l ->> 'above_tokens')::numeric as above,
              l -> 'usd_per_million' as usd
          from cost.price_version v, json_array_elements(v.prices -> 'prices') l
          where v.version = :version and l ->> 'service' = 'standard'),
      tokens as (
          select simulated, task_type, priced_as, day, :tokens
          from :what group by simulated, task_type, priced_as, day, width_bucket(prompt, :lengths)),
      priced as (
          select 1000 * (input * coalesce((usd ->> 'input')::numeric, 0) + cache_read * coalesce((usd ->> 'cache_read')::numeric, 0)
              + cache_write_5m * coalesce((usd ->> 'cache_write_5m')::numeric, 0)
              + cache_write_1h * coalesce((usd ->> 'cache_write_1h')::numeric, 0)
              + output * coalesce((usd ->> 'output')::numeric, 0) + reasoning * coalesce((usd ->> 'reasoning')::numeric, 0)) as nanos
          from tokens cross join lateral (
              select usd from line where line.model = tokens.priced_as and (above = 0 or above < tokens.prompt)
              order by since <= day desc, case when since <= day then since end desc, since, above desc limit 1) price)
      select coalesce(sum(round(nanos) - case when abs(nanos - trunc(nanos)) = 0.5 and round(nanos) % 2 <> 0
          then sign(nanos) else 0 end), 0) from priced""";

  private final CostScope scope;
  private final CountedRows counted;
  private final String version;
  private final String lengths;

  /**
   * @param version of the prices
   * @param lengths of prompts, as {@link SavingsReport} has them
   */
  SavingsExplained(CostScope scope, CountedRows counted, String version, String lengths) {
    this.scope = scope;
    this.counted = counted;
    this.version = version;
    this.lengths = lengths;
  }

  Map<String, String> ofAll(boolean simulated) {
    return figures("", simulated);
  }

  /**
   * @param taskType null for attempts that have none
   */
  Map<String, String> ofTaskType(@Nullable String taskType, boolean simulated) {
    return figures(
        taskType == null
            ? " and task_type is null"
            : new Query().add(" and task_type = ?", taskType).literal(),
        simulated);
  }

  /**
   * Of one hint in a week.
   *
   * @param place of the hint
   */
  Map<String, String> ofCheaper(String place, Weekly.Cheaper hint) {
    Query where = scope.where().add(counted.sql).add(" and task_type = ?", hint.taskType());
    String own = work(where, hint.model(), "coalesce(sum(cost_nanos), 0)");
    String there =
        priced(
            SavingsReport.COMPARED
                + ", worked as (select *, "
                + quoted(hint.instead())
                + " as priced_as from compared where model = "
                + quoted(hint.model())
                + " and "
                + CheaperModels.WORKED
                + ")",
            "worked",
            where);
    String accepted =
        "round(count(*) filter (where " + CheaperModels.ACCEPTED + ") / count(*)::numeric, 4)";
    Map<String, String> told = new LinkedHashMap<>();
    told.put(place + "/answers", work(where, hint.model(), "count(*)"));
    told.put(place + "/accepted", work(where, hint.model(), accepted));
    told.put(place + "/instead_accepted", work(where, hint.instead(), accepted));
    nanos(told, place + "/spent", own);
    nanos(told, place + "/would_have_cost", there);
    nanos(told, place + "/spared", "select (" + own + ") - (" + there + ")");
    return told;
  }

  private String work(Query where, String model, String sum) {
    return SavingsReport.fill(
            SavingsReport.COMPARED
                + "\nselect "
                + sum
                + " from compared where model = "
                + quoted(model)
                + " and "
                + CheaperModels.WORKED,
            where,
            lengths)
        .literal();
  }

  private static String quoted(String text) {
    return new Query().add("?", text).literal();
  }

  private Map<String, String> figures(String which, boolean simulated) {
    String kind =
        counted == CountedRows.BOTH
            ? (simulated ? CountedRows.SIMULATED.sql : CountedRows.REAL.sql)
            : counted.sql;
    Query where = scope.where().add(kind + which);
    Map<String, String> told = new LinkedHashMap<>();
    String baseline =
        priced(
            SavingsReport.COMPARED
                + ", routed as (select *, baseline_model as priced_as from compared where spending = 'ROUTED')",
            "routed",
            where);
    String spent = attempts(where, "coalesce(sum(cost_nanos), 0)", "ROUTED");
    String saved = "select (" + baseline + ") - (" + spent + ")";
    told.put("/routing/answers", attempts(where, "count(*)", "ROUTED"));
    nanos(told, "/routing/baseline", baseline);
    nanos(told, "/routing/spent", spent);
    nanos(told, "/routing/saved", saved);
    told.put("/cache/hits", hits(where, "true"));
    told.put("/cache/unpriced", hits(where, "without_tokens or not " + known()));
    String spared =
        priced(
            SavingsReport.HITS
                + ", asked_again as (select * from hit where not without_tokens and "
                + known()
                + ")",
            "asked_again",
            where);
    nanos(told, "/cache/saved", spared);
    var overhead = new StringBuilder("select 0");
    for (Spending on :
        new Spending[] {
          Spending.FAILED,
          Spending.ESCALATION,
          Spending.CLASSIFIER,
          Spending.REVIEW,
          Spending.SHADOW,
          Spending.UNKNOWN
        }) {
      String sum =
          attempts(
              where,
              on == Spending.UNKNOWN
                  ? "coalesce(sum(ceiling_nanos), 0)"
                  : "coalesce(sum(cost_nanos), 0)",
              on.name());
      nanos(told, "/overhead/" + on.name().toLowerCase(Locale.ROOT), sum);
      overhead.append(" + (").append(sum).append(')');
    }
    nanos(told, "/overhead/total", overhead.toString());
    told.put(
        "/escalations",
        SavingsReport.fill(
                "select count(*) from cost.decision :scope and fallback_reason in :escalations",
                where,
                lengths)
            .literal());
    for (Spending on : new Spending[] {Spending.NAMED, Spending.NOT_COMPARED}) {
      String place = "/" + on.name().toLowerCase(Locale.ROOT);
      told.put(place + "/attempts", attempts(where, "count(*)", on.name()));
      nanos(told, place + "/spent", attempts(where, "coalesce(sum(cost_nanos), 0)", on.name()));
    }
    nanos(told, "/saved", "select (" + saved + ") + (" + spared + ") - (" + overhead + ")");
    return told;
  }

  /** In nano-dollars and in dollars. */
  private static void nanos(Map<String, String> told, String place, String statement) {
    told.put(place + "/nanos", statement);
    told.put(place + "/usd", "select (" + statement + ") / 1e9");
  }

  private String attempts(Query where, String sum, String spending) {
    return SavingsReport.fill(
            SavingsReport.COMPARED
                + "\nselect "
                + sum
                + " from compared where spending = '"
                + spending
                + "'",
            where,
            lengths)
        .literal();
  }

  private String hits(Query where, String which) {
    return SavingsReport.fill(
            SavingsReport.HITS + "\nselect count(*) from hit where " + which, where, lengths)
        .literal();
  }

  /** Whether there is a price to ask a hit's model again. */
  private String known() {
    return "priced_as in (select l ->> 'model' from cost.price_version v, json_array_elements(v.prices -> 'prices') l where v.version = "
        + quotedVersion()
        + ")";
  }

  private String priced(String rows, String from, Query where) {
    return SavingsReport.fill(
            rows + PRICED.replace(":what", from).replace(":version", quotedVersion()),
            where,
            lengths)
        .literal();
  }

  private String quotedVersion() {
    return quoted(version);
  }
}
