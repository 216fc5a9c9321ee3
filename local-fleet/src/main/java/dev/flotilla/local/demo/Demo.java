package dev.flotilla.local.demo;

import dev.flotilla.local.terminal.Terminal;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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
    var report = play();
    if (json) {
      out.line(
          RouterClient.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report.document()));
    } else {
      report.print(out);
    }
    return report.ok();
  }

  private DemoReport play() throws IOException, InterruptedException {
    var script = new DemoScript(UUID.randomUUID().toString().substring(0, 8));
    var before = router.ledger();
    var began = Instant.now();
    var steps = send(script);
    var answers = steps.stream().map(Step::answer).toList();
    var spent = answers.stream().map(Answer::cost).reduce(BigDecimal.ZERO, BigDecimal::add);
    var ledger = awaited(() -> router.ledger().since(before), now -> agrees(now, spent, answers));
    // Before the review: what it costs is no price of these answers.
    var savings =
        awaited(
            () -> router.savings(began, simulated),
            now -> now.counted() == answers.size() && now.notCompared() == 0);
    var checks = checks(steps, spent, ledger);
    checks.add(savingsCheck(savings, ledger.total().cost(), answers.size()));
    @Nullable Judgement review = simulated ? router.review(script.review()) : null;
    checks.add(reviewCheck(review, ledger, before));
    return new DemoReport(steps, spent, ledger, savings, review, List.copyOf(checks));
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

  /** Something that is asked of the fleet. */
  private interface Look<T> {
    T now() throws IOException, InterruptedException;
  }

  /**
   * Records reach the ledger in batches, a moment after the answer. What was seen last when they do
   * not.
   */
  private <T> T awaited(Look<T> look, Predicate<T> enough)
      throws IOException, InterruptedException {
    var deadline = System.nanoTime() + ledgerPatience.toNanos();
    while (true) {
      var now = look.now();
      if (enough.test(now) || System.nanoTime() > deadline) {
        return now;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  private static boolean agrees(LedgerTotals ledger, BigDecimal spent, List<Answer> answers) {
    return ledger.total().cost().compareTo(spent) == 0
        && ledger.total().cacheHits() == answers.stream().filter(Answer::fromCache).count()
        && ledger.total().fallbacks() == answers.stream().filter(a -> a.fallbacks() > 0).count();
  }

  private List<Check> checks(List<Step> steps, BigDecimal spent, LedgerTotals ledger) {
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
            spent.compareTo(ledger.total().cost()) == 0,
            "answers " + usd(spent) + ", ledger " + usd(ledger.total().cost())));
    var hits = answers.stream().filter(Answer::fromCache).count();
    var fallbacks = answers.stream().filter(answer -> answer.fallbacks() > 0).count();
    checks.add(
        new Check(
            "the ledger counts the same cache hits and fallbacks",
            hits == ledger.total().cacheHits() && fallbacks == ledger.total().fallbacks(),
            "answers %d and %d, ledger %d and %d"
                .formatted(
                    hits, fallbacks, ledger.total().cacheHits(), ledger.total().fallbacks())));
    return checks;
  }

  private static Check savingsCheck(Savings savings, BigDecimal ledger, long answers) {
    return new Check(
        "the savings count every answer and every cost once",
        savings.addsUp()
            && savings.counted() == answers
            && savings.notCompared() == 0
            && savings.spent().compareTo(ledger) == 0,
        "%d routed, %d from the cache, %d whose model was named; %s USD"
            .formatted(savings.routed(), savings.hits(), savings.named(), usd(savings.spent())));
  }

  private Check reviewCheck(@Nullable Judgement review, LedgerTotals ledger, LedgerTotals before)
      throws IOException, InterruptedException {
    var claim = "three independent reviewers judged, and the ledger has what they cost";
    if (review == null) {
      return new Check(
          claim,
          null,
          "skipped: a review is held on the simulator only; real reviewers cost real money");
    }
    var expected = ledger.total().cost().add(review.cost());
    var after =
        awaited(
            () -> router.ledger().since(before),
            now -> now.total().cost().compareTo(expected) == 0);
    var billed = after.total().cost().subtract(ledger.total().cost());
    return new Check(
        claim,
        review.holds() && billed.compareTo(review.cost()) == 0,
        "%s of %s; review %s, ledger %s"
            .formatted(
                review.outcome(),
                String.join(", ", review.families()),
                usd(review.cost()),
                usd(billed)));
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

  /** Never 1.23E-7. */
  static String usd(BigDecimal amount) {
    return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
  }

  static String shown(String fact) {
    return fact.isEmpty() ? "-" : fact;
  }
}
