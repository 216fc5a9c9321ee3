package dev.flotilla.cost.report;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Usage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Models that did work which a cheaper one did as well, as far as the ledger can tell: whether an
 * answer was given to the caller or thrown away. Thread-safe.
 */
@ApplicationScoped
class CheaperModels {
  static final String DEFINITION =
      "Two models answered at least 20 requests of the same task type in the week. The cheaper one's answers were given to the caller"
          + " at least as often, neither failing nor followed by another model; and the dearer one's tokens would have cost less there,"
          + " by the price of their day for prompts of their length.";

  /** Of fewer nobody can say how well a model does. */
  private static final int ENOUGH = 20;

  private static final int MOST = 5;

  /** Attempts that were meant to be an answer, and consumed what a price of tokens covers. */
  static final String WORKED =
      "spending in ('ROUTED', 'NAMED', 'NOT_COMPARED', 'FAILED', 'ESCALATION') and origin not in ('correction', 'sample')"
          + " and coalesce(audio_in_tokens, 0) + coalesce(audio_out_tokens, 0) + coalesce(images, 0) = 0";

  /** Those of them whose answer was given to the caller. */
  static final String ACCEPTED = "spending in ('ROUTED', 'NAMED', 'NOT_COMPARED')";

  private static final String WORK =
      """
      select task_type, model, day, count(*) as attempts,
          count(*) filter (where :accepted) as accepted,
          coalesce(sum(cost_nanos), 0) as nanos, :tokens
      from compared where task_type is not null and :worked group by task_type, model, day, width_bucket(prompt, :lengths)"""
          .replace(":worked", WORKED)
          .replace(":accepted", ACCEPTED);

  private final Catalog catalog;
  private final SavingsReport savings;

  @Inject
  CheaperModels(Catalog catalog, SavingsReport savings) {
    this.catalog = catalog;
    this.savings = savings;
  }

  /** Tokens of one day, in prompts of one tier. */
  private record Tokens(LocalDate day, Usage usage, long prompt) {}

  /** What a model did of a task type. */
  private static final class Work {
    long attempts;
    long accepted;
    long nanos;
    final List<Tokens> tokens = new ArrayList<>();

    BigDecimal share() {
      return BigDecimal.valueOf(accepted)
          .divide(BigDecimal.valueOf(attempts), 4, RoundingMode.HALF_EVEN);
    }

    boolean asGoodAs(Work other) {
      return Math.multiplyExact(accepted, other.attempts)
          >= Math.multiplyExact(other.accepted, attempts);
    }
  }

  List<Weekly.Cheaper> find(Connection connection, CostScope scope, CountedRows counted)
      throws SQLException {
    List<Weekly.Cheaper> found = new ArrayList<>();
    work(connection, scope, counted)
        .forEach((taskType, byModel) -> found.addAll(within(taskType, byModel)));
    return found.stream()
        .sorted(
            Comparator.comparingLong((Weekly.Cheaper one) -> -one.spared().nanos())
                .thenComparing(Weekly.Cheaper::taskType)
                .thenComparing(Weekly.Cheaper::model))
        .limit(MOST)
        .toList();
  }

  /** For each model the one that would have spared most. */
  private List<Weekly.Cheaper> within(String taskType, Map<String, Work> byModel) {
    List<Weekly.Cheaper> found = new ArrayList<>();
    byModel.forEach(
        (model, work) ->
            byModel.entrySet().stream()
                .filter(other -> !other.getKey().equals(model))
                .filter(other -> other.getValue().asGoodAs(work))
                .flatMap(
                    other ->
                        catalog.find(other.getKey()).stream()
                            .map(one -> instead(taskType, model, work, one, other.getValue())))
                .filter(one -> one.spared().nanos() > 0)
                .max(Comparator.comparingLong(one -> one.spared().nanos()))
                .ifPresent(found::add));
    return found;
  }

  private static Weekly.Cheaper instead(
      String taskType, String model, Work work, Model other, Work others) {
    long nanos = 0;
    for (Tokens tokens : work.tokens) {
      nanos =
          Math.addExact(
              nanos,
              other
                  .priceAt(tokens.day().atStartOfDay(ZoneOffset.UTC).toInstant())
                  .nanosOfMany(tokens.usage(), tokens.prompt()));
    }
    return new Weekly.Cheaper(
        taskType,
        model,
        other.id(),
        work.attempts,
        work.share(),
        others.share(),
        Savings.Dollars.of(work.nanos),
        Savings.Dollars.of(nanos),
        Savings.Dollars.of(Math.subtractExact(work.nanos, nanos)));
  }

  /** By task type and model, without those that did too little. */
  private Map<String, Map<String, Work>> work(
      Connection connection, CostScope scope, CountedRows counted) throws SQLException {
    Map<String, Map<String, Work>> work = new LinkedHashMap<>();
    Query query = savings.filled(SavingsReport.COMPARED + WORK, scope.where().add(counted.sql));
    try (PreparedStatement statement = query.prepare(connection);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        Work one =
            work.computeIfAbsent(rows.getString("task_type"), t -> new LinkedHashMap<>())
                .computeIfAbsent(rows.getString("model"), m -> new Work());
        one.attempts += rows.getLong("attempts");
        one.accepted += rows.getLong("accepted");
        one.nanos = Math.addExact(one.nanos, SavingsReport.whole(rows, "nanos"));
        one.tokens.add(
            new Tokens(
                rows.getObject("day", LocalDate.class),
                SavingsReport.tokens(rows),
                SavingsReport.whole(rows, "prompt")));
      }
    }
    work.values().forEach(models -> models.values().removeIf(one -> one.attempts < ENOUGH));
    return work;
  }
}
