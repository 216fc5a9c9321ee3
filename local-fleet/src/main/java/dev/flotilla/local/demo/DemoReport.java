package dev.flotilla.local.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a demo found out, for people and for programs.
 *
 * @param spent USD, as the answers say
 * @param ledger what the ledger counted meanwhile, before the review
 * @param review absent where none was held
 */
record DemoReport(
    List<Step> steps,
    BigDecimal spent,
    LedgerTotals ledger,
    Savings savings,
    @Nullable Judgement review,
    List<Check> checks) {

  boolean ok() {
    return checks.stream().noneMatch(Check::failed);
  }

  long hits() {
    return answers().stream().filter(Answer::fromCache).count();
  }

  long fallbacks() {
    return answers().stream().filter(answer -> answer.fallbacks() > 0).count();
  }

  private long answered() {
    return answers().stream().filter(Answer::succeeded).count();
  }

  private List<Answer> answers() {
    return steps.stream().map(Step::answer).toList();
  }

  void print(Terminal out) {
    printAnswers(out);
    out.line("");
    printLedger(out);
    out.line("");
    printSummary(out);
    out.line("");
    savings.meaning().forEach(out::line);
    out.line("");
    for (var check : checks) {
      var verdict =
          check.held() == null ? "skipped" : check.failed() ? out.red("NO") : out.green("yes");
      out.line("%s: %s (%s)".formatted(check.claim(), verdict, check.detail()));
    }
  }

  private void printAnswers(Terminal out) {
    var table =
        new Table("prompt", "task type", "model", ">in", ">out", ">cost USD", "cache", "fallback");
    for (var step : steps) {
      var answer = step.answer();
      table.row(
          step.title(),
          Demo.shown(answer.taskType()),
          answer.succeeded() ? answer.model() : Step.shortened("failed: " + answer.problem(), 40),
          Long.toString(answer.promptTokens()),
          Long.toString(answer.completionTokens()),
          Demo.usd(answer.cost()),
          Demo.shown(answer.cache()) + (answer.streamed() ? " (stream)" : ""),
          answer.fallbacks() == 0 ? "" : answer.fallbacks() + " " + answer.fallbackReason());
    }
    table.print(out);
  }

  private void printLedger(Terminal out) {
    out.line("In the ledger (GET /v1/costs?group_by=model&include_simulated=true):");
    var books = new Table("  model", ">attempts", ">cost USD", "unknown");
    ledger
        .byModel()
        .forEach(
            (model, spending) ->
                books.row(
                    "  " + model,
                    Long.toString(spending.requests()),
                    Demo.usd(spending.cost()),
                    unknown(spending)));
    books.print(out);
  }

  private void printSummary(Terminal out) {
    var table = new Table("in all", "", "");
    table.row("cost", Demo.usd(ledger.total().cost()) + " USD", unknown(ledger.total()));
    table.row(
        "saved",
        Demo.usd(savings.saved()) + " USD",
        "routing %s, cache %s, overhead -%s; against %s for everything"
            .formatted(
                Demo.usd(savings.byRouting()),
                Demo.usd(savings.byCache()),
                Demo.usd(savings.overhead()),
                String.join(", ", savings.baselineModels())));
    table.row("cache hits", Long.toString(hits()), "of " + steps.size() + " requests");
    table.row(
        "fallback rate",
        percent(fallbackRate()),
        fallbacks() + " of " + answered() + " answers needed another model than the first");
    if (review != null) {
      table.row(
          "review",
          review.outcome(),
          "%s: %s; %s USD (GET /v1/reviews/%s)"
              .formatted(
                  review.policy(), review.votesShown(), Demo.usd(review.cost()), review.id()));
    }
    table.print(out);
  }

  /** An attempt whose end nobody knows is not free; the ledger holds it at its ceiling. */
  private static String unknown(LedgerTotals.Spending spending) {
    return spending.unknownUpTo().signum() == 0
        ? ""
        : "and up to " + Demo.usd(spending.unknownUpTo());
  }

  /** Of the answers there were; 0 when there was none. */
  private BigDecimal fallbackRate() {
    return answered() == 0
        ? BigDecimal.ZERO
        : BigDecimal.valueOf(fallbacks())
            .divide(BigDecimal.valueOf(answered()), 4, RoundingMode.HALF_EVEN);
  }

  private static String percent(BigDecimal share) {
    return share.movePointRight(2).setScale(1, RoundingMode.HALF_EVEN) + " %";
  }

  ObjectNode document() {
    var document = RouterClient.JSON.createObjectNode().put("ok", ok());
    var requests = document.putArray("requests");
    for (var step : steps) {
      requests.add(AnswerJson.of(step.prompt(), step.answer()));
    }
    document
        .putObject("totals")
        .put("requests", steps.size())
        .put("prompt_tokens", answers().stream().mapToLong(Answer::promptTokens).sum())
        .put("completion_tokens", answers().stream().mapToLong(Answer::completionTokens).sum())
        .put("cost", Demo.usd(spent))
        .put("cache_hits", hits())
        .put("fallbacks", fallbacks())
        .put("fallback_rate", fallbackRate());
    document.set("ledger", ledgerJson());
    document.set("savings", savingsJson());
    document.set("review", review == null ? null : reviewJson(review));
    var claims = document.putArray("checks");
    checks.forEach(
        check ->
            claims
                .addObject()
                .put("claim", check.claim())
                .put("held", check.held())
                .put("detail", check.detail()));
    return document;
  }

  private ObjectNode ledgerJson() {
    var books =
        RouterClient.JSON
            .createObjectNode()
            .put("cost", Demo.usd(ledger.total().cost()))
            .put("unknown_up_to", Demo.usd(ledger.total().unknownUpTo()))
            .put("requests", ledger.total().requests());
    var models = books.putArray("by_model");
    ledger
        .byModel()
        .forEach(
            (model, spending) ->
                models
                    .addObject()
                    .put("model", model)
                    .put("cost", Demo.usd(spending.cost()))
                    .put("unknown_up_to", Demo.usd(spending.unknownUpTo()))
                    .put("requests", spending.requests()));
    return books;
  }

  private ObjectNode savingsJson() {
    var json =
        RouterClient.JSON
            .createObjectNode()
            .put("saved", Demo.usd(savings.saved()))
            .put("baseline", Demo.usd(savings.baseline()))
            .put("routing", Demo.usd(savings.byRouting()))
            .put("cache", Demo.usd(savings.byCache()))
            .put("overhead", Demo.usd(savings.overhead()));
    var baselines = json.putArray("baseline_models");
    savings.baselineModels().forEach(baselines::add);
    var definition = json.putArray("definition");
    savings.meaning().forEach(definition::add);
    return json;
  }

  private static ObjectNode reviewJson(Judgement review) {
    var json =
        RouterClient.JSON
            .createObjectNode()
            .put("id", review.id())
            .put("status", review.status())
            .put("policy", review.policy())
            .put("decision", review.decision().isEmpty() ? null : review.decision())
            .put("cost", Demo.usd(review.cost()));
    var votes = json.putObject("votes");
    review.votes().forEach(votes::put);
    var families = json.putArray("families");
    review.families().forEach(families::add);
    return json;
  }
}
