package dev.flotilla.local.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.local.terminal.Table;
import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Sends mixed traffic through a fleet and holds it to its word: cached, rescued, and accounted for
 * to the last digit.
 */
public final class Demo {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

  private final RouterClient router;
  private final boolean simulated;
  private final Terminal out;
  private final Duration ledgerPatience;

  /**
   * @param simulated whether failures can be ordered
   */
  public Demo(RouterClient router, boolean simulated, Terminal out) {
    this(router, simulated, out, Duration.ofSeconds(10));
  }

  Demo(RouterClient router, boolean simulated, Terminal out, Duration ledgerPatience) {
    this.router = router;
    this.simulated = simulated;
    this.out = out;
    this.ledgerPatience = ledgerPatience;
  }

  /**
   * @return whether everything was as told
   */
  public boolean run(boolean json) throws IOException, InterruptedException {
    var before = router.ledger();
    var steps = send(new DemoScript(UUID.randomUUID().toString().substring(0, 8)));
    var spent =
        steps.stream().map(step -> step.answer().cost()).reduce(BigDecimal.ZERO, BigDecimal::add);
    var ledger = ledgerSince(before, spent);
    var checks = checks(steps, spent, ledger.total().cost());
    var ok = checks.stream().noneMatch(Check::failed);
    if (json) {
      out.line(
          RouterClient.JSON
              .writerWithDefaultPrettyPrinter()
              .writeValueAsString(document(steps, spent, ledger, checks, ok)));
    } else {
      print(steps, spent, ledger, checks);
    }
    return ok;
  }

  private List<Step> send(DemoScript script) throws IOException, InterruptedException {
    var requests = new ArrayList<>(script.requests());
    requests.add(requests.getFirst());
    if (simulated) {
      requests.add(script.withBrokenFirstChoice());
    }
    var steps = new ArrayList<Step>();
    for (var request : requests) {
      steps.add(new Step(DemoScript.promptOf(request), request, router.ask(request)));
    }
    return steps;
  }

  /** Records reach the ledger in batches, a moment after the answer. */
  private LedgerTotals ledgerSince(LedgerTotals before, BigDecimal spent)
      throws IOException, InterruptedException {
    var deadline = System.nanoTime() + ledgerPatience.toNanos();
    while (true) {
      var now = router.ledger().since(before);
      if (now.total().cost().compareTo(spent) == 0 || System.nanoTime() > deadline) {
        return now;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  private List<Check> checks(List<Step> steps, BigDecimal spent, BigDecimal ledger) {
    var answers = steps.stream().map(Step::answer).toList();
    var failed = answers.stream().filter(answer -> !answer.succeeded()).toList();
    var repeated = steps.get(steps.size() - (simulated ? 2 : 1)).answer();
    var checks = new ArrayList<Check>();
    checks.add(
        new Check(
            "every request was answered",
            failed.isEmpty(),
            failed.isEmpty()
                ? answers.size() + " of " + answers.size()
                : failed.size() + " failed, first: " + failed.getFirst().problem()));
    checks.add(
        new Check(
            "the repeated request came from the cache",
            repeated.fromCache(),
            "x-cache: " + shown(repeated.cache())));
    checks.add(rescue(answers.getLast()));
    checks.add(
        new Check(
            "the ledger has every cost",
            spent.compareTo(ledger) == 0,
            "answers " + usd(spent) + ", ledger " + usd(ledger)));
    return checks;
  }

  private Check rescue(Answer last) {
    var claim = "a broken provider was replaced by the next";
    if (!simulated) {
      return new Check(
          claim, null, "skipped: real providers do not fail on demand, the simulator does");
    }
    return new Check(
        claim,
        last.succeeded() && last.fallbacks() >= 1,
        "x-fallback-count: "
            + last.fallbacks()
            + ", x-fallback-reason: "
            + shown(last.fallbackReason()));
  }

  private void print(List<Step> steps, BigDecimal spent, LedgerTotals ledger, List<Check> checks) {
    var table =
        new Table("prompt", "task type", "model", ">in", ">out", ">cost USD", "cache", "fallback");
    for (var step : steps) {
      var answer = step.answer();
      table.row(
          step.title(),
          shown(answer.taskType()),
          answer.succeeded() ? answer.model() : Step.shortened("failed: " + answer.problem(), 40),
          Long.toString(answer.promptTokens()),
          Long.toString(answer.completionTokens()),
          usd(answer.cost()),
          shown(answer.cache()) + (answer.streamed() ? " (stream)" : ""),
          answer.fallbacks() == 0 ? "" : answer.fallbacks() + " " + answer.fallbackReason());
    }
    table.print(out);
    out.line("");
    out.line(
        out.bold(
            "Spent according to the answers: "
                + usd(spent)
                + " USD for "
                + steps.size()
                + " requests"));
    out.line(
        out.bold("Spent according to the ledger:  " + usd(ledger.total().cost()) + " USD")
            + "   (GET /v1/costs?group_by=model&include_simulated=true)");
    var books = new Table("  model", ">attempts", ">cost USD", "unknown");
    ledger
        .byModel()
        .forEach(
            (model, spending) ->
                books.row(
                    "  " + model,
                    Long.toString(spending.requests()),
                    usd(spending.cost()),
                    unknown(spending)));
    books.print(out);
    out.line("");
    for (var check : checks) {
      var verdict =
          check.held() == null ? "skipped" : check.failed() ? out.red("NO") : out.green("yes");
      out.line("%s: %s (%s)".formatted(check.claim(), verdict, check.detail()));
    }
  }

  /** An attempt whose end nobody knows is not free; the ledger holds it at its ceiling. */
  private static String unknown(LedgerTotals.Spending spending) {
    return spending.unknownUpTo().signum() == 0 ? "" : "and up to " + usd(spending.unknownUpTo());
  }

  private static ObjectNode document(
      List<Step> steps, BigDecimal spent, LedgerTotals ledger, List<Check> checks, boolean ok) {
    var document = RouterClient.JSON.createObjectNode().put("ok", ok);
    var requests = document.putArray("requests");
    for (var step : steps) {
      requests.add(AnswerJson.of(step.prompt(), step.answer()));
    }
    var answers = steps.stream().map(Step::answer).toList();
    document
        .putObject("totals")
        .put("requests", answers.size())
        .put("prompt_tokens", answers.stream().mapToLong(Answer::promptTokens).sum())
        .put("completion_tokens", answers.stream().mapToLong(Answer::completionTokens).sum())
        .put("cost", usd(spent))
        .put("cache_hits", answers.stream().filter(Answer::fromCache).count())
        .put("fallbacks", answers.stream().filter(answer -> answer.fallbacks() > 0).count());
    var books =
        document
            .putObject("ledger")
            .put("cost", usd(ledger.total().cost()))
            .put("requests", ledger.total().requests());
    var models = books.putArray("by_model");
    ledger
        .byModel()
        .forEach(
            (model, spending) ->
                models
                    .addObject()
                    .put("model", model)
                    .put("cost", usd(spending.cost()))
                    .put("unknown_up_to", usd(spending.unknownUpTo()))
                    .put("requests", spending.requests()));
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

  /** Never 1.23E-7. */
  static String usd(BigDecimal amount) {
    return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
  }

  private static String shown(String fact) {
    return fact.isEmpty() ? "-" : fact;
  }
}
