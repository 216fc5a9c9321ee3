package dev.flotilla.cost.budget;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Money;
import dev.flotilla.contracts.lease.CoveringBudget;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what is written of a budget: a mistyped word must not become an unlimited one. */
final class TermsReader {
  private static final BigDecimal MOST_USD = BigDecimal.valueOf(1_000_000_000);
  private static final int MOST_ALERTS = 10;
  private static final List<Double> USUAL_ALERTS = List.of(0.5, 0.8, 1.0);
  private static final Set<String> FIELDS =
      Set.of("limit_usd", "hard_limit_usd", "period", "alert_at", "on_exceeded", "on_ledger_away");

  private final ObjectNode body;

  private TermsReader(ObjectNode body) {
    this.body = body;
  }

  /** Reads the body of a request. */
  static Terms read(byte[] body) {
    try {
      return read(Json.parseObject(body));
    } catch (NotJson e) {
      throw new ProblemException(
          Problem.invalid("invalid_json", "The body is not JSON: " + e.getMessage(), null));
    } catch (BadTerms e) {
      throw new ProblemException(Problem.invalid("invalid_budget", e.sentence(), e.field()));
    }
  }

  static Terms read(ObjectNode written) throws BadTerms {
    return new TermsReader(written).terms();
  }

  private Terms terms() throws BadTerms {
    for (var field : body.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        throw invalid(
            field.getKey(), "is not known; a budget has " + String.join(", ", sorted(FIELDS)));
      }
    }
    Long limit = nanos("limit_usd");
    if (limit == null) {
      throw invalid("limit_usd", "is missing; write what may be spent per period, such as 500");
    }
    String onExceeded =
        word(
            "on_exceeded",
            CoveringBudget.BLOCK,
            Set.of(CoveringBudget.BLOCK, CoveringBudget.DOWNGRADE, CoveringBudget.NOTIFY));
    Long hard = nanos("hard_limit_usd");
    boolean downgrades = onExceeded.equals(CoveringBudget.DOWNGRADE);
    if (downgrades && (hard == null || hard < limit)) {
      throw invalid(
          "hard_limit_usd",
          "is missing or below limit_usd; a budget that downgrades needs an end for the cheap models too");
    }
    if (!downgrades && hard != null) {
      throw invalid(
          "hard_limit_usd",
          "belongs to budgets with \"on_exceeded\":\"downgrade\" only; leave it out");
    }
    return new Terms(
        limit,
        hard,
        word("period", "month", Set.of("day", "week", "month", "year")),
        alerts(),
        onExceeded,
        word(
            "on_ledger_away",
            CoveringBudget.SERVE,
            Set.of(CoveringBudget.SERVE, CoveringBudget.REFUSE)));
  }

  private @Nullable Long nanos(String field) throws BadTerms {
    JsonNode value = body.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isNumber()
        || value.decimalValue().signum() < 0
        || value.decimalValue().compareTo(MOST_USD) > 0) {
      throw invalid(
          field, "is " + value + "; write a number of dollars, 0 to " + MOST_USD.toPlainString());
    }
    return Money.nanosWithin(value.decimalValue());
  }

  private String word(String field, String usual, Set<String> known) throws BadTerms {
    JsonNode value = body.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return usual;
    }
    if (!known.contains(value.asText())) {
      throw invalid(field, "is " + value + "; write " + String.join(" or ", sorted(known)));
    }
    return value.asText();
  }

  private List<Double> alerts() throws BadTerms {
    JsonNode value = body.path("alert_at");
    if (value.isMissingNode() || value.isNull()) {
      return USUAL_ALERTS;
    }
    if (!value.isArray() || value.size() > MOST_ALERTS) {
      throw invalid("alert_at", "is no list of at most " + MOST_ALERTS + " shares of the limit");
    }
    var read = new ArrayList<Double>();
    for (JsonNode share : value) {
      if (!share.isNumber() || share.doubleValue() <= 0 || share.doubleValue() > 10) {
        throw invalid("alert_at", "holds " + share + "; write shares such as 0.8");
      }
      read.add(share.doubleValue());
    }
    return read.stream().sorted().distinct().toList();
  }

  private static List<String> sorted(Set<String> words) {
    return words.stream().sorted().toList();
  }

  private static BadTerms invalid(String field, String what) {
    return new BadTerms(field, field + " " + what + ".");
  }
}
