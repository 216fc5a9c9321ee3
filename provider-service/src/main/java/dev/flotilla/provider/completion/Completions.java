package dev.flotilla.provider.completion;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.catalog.Model;
import dev.flotilla.catalog.Money;
import dev.flotilla.catalog.Provider;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.contracts.lease.LeaseRefusal;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.provider.dialect.CallOutcome;
import dev.flotilla.provider.dialect.Dialect;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.Objection;
import dev.flotilla.provider.dialect.Question;
import dev.flotilla.provider.embedding.Inputs;
import dev.flotilla.provider.lease.BudgetGate;
import dev.flotilla.provider.lease.Clearance;
import dev.flotilla.provider.lease.Hold;
import dev.flotilla.provider.resilience.CallRetries;
import dev.flotilla.provider.resilience.Lanes;
import dev.flotilla.provider.resilience.Pass;
import dev.flotilla.provider.resilience.Retries;
import dev.flotilla.provider.resilience.RetryVerdict;
import dev.flotilla.provider.resilience.Way;
import dev.flotilla.provider.spool.IntentResult;
import dev.flotilla.provider.telemetry.CircuitMetrics;
import dev.flotilla.provider.telemetry.RetryMetrics;
import dev.flotilla.provider.transport.Heard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The path of a paid call, top to bottom. Start reading here. Thread-safe. */
public final class Completions {
  private static final Duration UNTIL_THE_SPOOL_MAY_HAVE_ROOM = Duration.ofSeconds(5);

  private static final Duration UNTIL_THE_LEDGER_MAY_BE_BACK = Duration.ofSeconds(5);

  private final Catalog catalog;
  private final Map<Provider, Dialect> dialects;
  private final Lanes lanes;
  private final CircuitMetrics circuitMetrics;
  private final BudgetGate budgets;
  private final Attempts attempts;
  private final Retries retries;
  private final RetryMetrics retryMetrics;
  private final Pause pause;
  private final CompletionConfig config;

  /**
   * @param dialects one for each provider of {@link Lanes#waysTo}, with its address and its key
   */
  public Completions(
      Catalog catalog,
      Map<Provider, Dialect> dialects,
      Lanes lanes,
      CircuitMetrics circuitMetrics,
      BudgetGate budgets,
      Attempts attempts,
      Retries retries,
      RetryMetrics retryMetrics,
      Pause pause,
      CompletionConfig config) {
    this.catalog = catalog;
    this.dialects = Map.copyOf(dialects);
    this.lanes = lanes;
    this.circuitMetrics = circuitMetrics;
    this.budgets = budgets;
    this.attempts = attempts;
    this.retries = retries;
    this.retryMetrics = retryMetrics;
    this.pause = pause;
    this.config = config;
  }

  /** Never throws for what a provider or a caller does wrong. */
  public Reply complete(Call call) {
    Model model = catalog.find(call.model()).orElse(null);
    Dialect dialect = model == null ? null : dialectOf(model);
    if (model == null || dialect == null) {
      return unknownModel(call.model());
    }
    if (call.deadline().passed()) {
      return tooLate();
    }
    if (model.embeds() != call.embeds()) {
      return otherKind(model);
    }
    Objection objection =
        call.embeds() && Inputs.of(call.body()) == null
            ? Objection.invalid(
                "input", "'input' must be a text, a list of texts, or one of token numbers.")
            : dialect.objection(model, call.body());
    if (objection == null && config.refuseUnpriced()) {
      objection = Unpriced.objection(model, call.body());
    }
    if (objection != null) {
      return refused(objection);
    }
    CallRetries callRetries = retries.begin();
    var taken = new ArrayList<Pass>();
    Reply.Refusal last = null;
    while (true) {
      switch (attempt(call, model, taken, last)) {
        case Try.Answered(Reply reply) -> {
          return reply;
        }
        case Try.NotMade(Reply.Refusal why) -> {
          return last == null ? why : last;
        }
        case Try.Failed failed -> {
          last = failed.refusal();
          if (!again(failed, callRetries, call, model, taken)) {
            return last;
          }
        }
      }
    }
  }

  /**
   * One attempt, with all that stands before it.
   *
   * @param taken the ways of this call so far; this one's is added
   * @param before how the attempts before it ended; null when it is the first
   */
  private Try attempt(Call call, Model asked, List<Pass> taken, Reply.@Nullable Refusal before) {
    Pass pass;
    switch (lanes.find(asked, Demand.tokens(asked, call), taken)) {
      case Way.Resting(Duration retryAfter) -> {
        return new Try.NotMade(circuitOpen(asked, retryAfter));
      }
      case Way.Full(Duration retryAfter) -> {
        return new Try.NotMade(throttled(asked, retryAfter));
      }
      case Pass found -> pass = found;
    }
    taken.add(pass);
    Model model = pass.model();
    Attempt attempt = attempts.plan(call, pass);
    Long most = call.maxCostNanos();
    long spent = before == null ? 0 : before.mostNanos();
    if (most != null && isMoreThan(most - spent, call, attempt)) {
      attempt.drop();
      return new Try.NotMade(tooDear(attempt.ceilingNanos(), most));
    }
    switch (clear(call, attempt)) {
      case Clearance.Cleared(Hold hold) -> attempt.pays(hold);
      case Clearance.Refused(LeaseRefusal refusal, boolean cheaper) -> {
        attempt.drop();
        return new Try.NotMade(overBudget(call, attempt.ceilingNanos(), refusal, cheaper));
      }
      case Clearance.Unverifiable(String budget) -> {
        attempt.drop();
        return new Try.NotMade(unverifiable(budget));
      }
    }
    if (begin(attempt) instanceof IntentResult.Refused(String why)) {
      attempt.drop();
      return new Try.NotMade(spoolFull(why));
    }
    // From here on money may leave, and the spool knows it.
    var question = new Question(attempt.id(), model, call.body(), answerBy(call));
    var heard = new Heard();
    boolean simulated = model.provider().simulated();
    List<AttemptReport> made = before == null ? List.of() : before.attempts();
    CallOutcome outcome = ask(question, heard, attempt);
    pass.heard(heard.headers());
    return switch (outcome) {
      case CallOutcome.Answered answered -> {
        var report = attempt.answered(answered);
        var body = answered.completion().body().put("model", model.id());
        yield new Try.Answered(new Reply.Answer(body, simulated, and(made, report)));
      }
      case CallOutcome.Opened opened -> {
        attempt.begun();
        var relay =
            new StreamRelay(
                attempt, made, model, opened, call.deadline(), call.requestId(), config);
        yield new Try.Answered(new Reply.Stream(relay, simulated));
      }
      case Failure failure -> {
        FaultRow row = FaultRow.of(failure, model.provider().id());
        var report = attempt.failed(failure, row);
        var refusal =
            new Reply.Refusal(
                row.error(),
                row.outcome(),
                row.retryAfter(),
                row.sent() || (before != null && before.sent()),
                simulated,
                and(made, report));
        yield new Try.Failed(failure, refusal, heard.shouldRetry(), Duration.ofMillis(report.ms()));
      }
    };
  }

  /** When this provider is given up, so that something of the deadline is left for another one. */
  private Deadline answerBy(Call call) {
    Duration most =
        call.body().path("stream").asBoolean() ? config.firstChunk() : config.wholeAnswer();
    return call.deadline().remaining().compareTo(most) <= 0 ? call.deadline() : Deadline.in(most);
  }

  /** Waits and is true when another attempt is to be made. */
  private boolean again(
      Try.Failed failed, CallRetries callRetries, Call call, Model model, List<Pass> taken) {
    boolean elsewhere = lanes.hasAnother(model, taken);
    if (elsewhere && failed.failure() instanceof Failure.Barred) {
      // It cost nothing, and another key or place is not this one.
      retryMetrics.retried(model, failed.refusal().outcome());
      return !call.deadline().passed();
    }
    var verdict =
        callRetries.after(
            failed.failure(),
            failed.shouldRetry(),
            elsewhere,
            failed.took(),
            call.deadline().remaining());
    return switch (verdict) {
      case RetryVerdict.Again(Duration pause) -> {
        retryMetrics.retried(model, failed.refusal().outcome());
        yield waited(pause);
      }
      case RetryVerdict.BudgetSpent() -> {
        retryMetrics.budgetSpent(model);
        yield false;
      }
      case RetryVerdict.Enough() -> false;
    };
  }

  private boolean waited(Duration duration) {
    try {
      pause.of(duration);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static List<AttemptReport> and(List<AttemptReport> made, AttemptReport report) {
    var all = new ArrayList<AttemptReport>(made);
    all.add(report);
    return List.copyOf(all);
  }

  private @Nullable Dialect dialectOf(Model model) {
    Dialect dialect = dialects.get(lanes.waysTo(model).getFirst().provider());
    return dialect != null && dialect.serves(model) ? dialect : null;
  }

  /** Tokens are counted only when a bound that costs nothing says that it is too much. */
  private static boolean isMoreThan(long nanos, Call call, Attempt attempt) {
    return attempt.ceilingNanos() > nanos
        && (nanos <= 0 || !attempt.countsLess(call.bodyBytes()) || attempt.ceilingNanos() > nanos);
  }

  private Clearance clear(Call call, Attempt attempt) {
    try {
      Clearance verdict = asked(call, attempt);
      return verdict instanceof Clearance.Refused(LeaseRefusal refusal, _)
              && refusal.availableNanos() > 0
              && attempt.countsLess(call.bodyBytes())
          ? asked(call, attempt)
          : verdict;
    } catch (RuntimeException | Error bug) {
      attempt.drop();
      throw bug;
    }
  }

  private Clearance asked(Call call, Attempt attempt) {
    return budgets.clear(
        call.payer(),
        call.cheapest(),
        attempt.ceilingNanos(),
        attempt.startedAt(),
        call.deadline().remaining());
  }

  private static IntentResult begin(Attempt attempt) {
    try {
      return attempt.begin();
    } catch (RuntimeException | Error bug) {
      attempt.drop();
      throw bug;
    }
  }

  private CallOutcome ask(Question question, Heard heard, Attempt attempt) {
    try {
      Dialect dialect = dialects.get(question.model().provider());
      if (dialect == null) {
        throw new IllegalStateException("nobody speaks to " + question.model().provider());
      }
      return ScopedValue.where(Heard.CURRENT, heard).call(() -> dialect.ask(question));
    } catch (RuntimeException | Error bug) {
      attempt.broken();
      throw bug;
    }
  }

  private Reply.Refusal unknownModel(String name) {
    return Reply.Refusal.here(
        new ApiError(
            404,
            ApiError.INVALID_REQUEST,
            "model_not_found",
            "There is no model '" + name + "' here; near to it are " + catalog.near(name, 3) + ".",
            "model",
            "router"),
        Outcomes.REJECTED,
        null);
  }

  private static Reply.Refusal otherKind(Model model) {
    String message =
        model.embeds()
            ? "The model '"
                + model.id()
                + "' turns texts into vectors and does not converse; ask it at /v1/embeddings."
            : "The model '"
                + model.id()
                + "' converses and makes no vectors; name one that embeds, as GET /v1/models says.";
    return Reply.Refusal.here(
        ApiError.invalid(Objection.UNSUPPORTED, message, "model"), Outcomes.REJECTED, null);
  }

  private static Reply.Refusal refused(Objection objection) {
    return Reply.Refusal.here(
        ApiError.invalid(objection.code(), objection.message(), objection.param()),
        objection.code().equals(Objection.UNSUPPORTED) ? Outcomes.UNSUPPORTED : Outcomes.REJECTED,
        null);
  }

  private static Reply.Refusal tooLate() {
    return Reply.Refusal.here(
        new ApiError(
            504,
            "timeout",
            "deadline_exceeded",
            "The deadline had passed before the provider was asked.",
            null,
            "router"),
        Outcomes.TIMEOUT,
        null);
  }

  private Reply.Refusal circuitOpen(Model model, Duration retryAfter) {
    circuitMetrics.refused(model);
    return Reply.Refusal.here(
        new ApiError(
            503,
            "upstream_error",
            "circuit_open",
            model.id()
                + " failed too often just now and is left alone for a while; use another model or"
                + " send the request again after retry_after_ms.",
            null,
            "provider"),
        Outcomes.CIRCUIT_OPEN,
        retryAfter);
  }

  private Reply.Refusal throttled(Model model, Duration retryAfter) {
    circuitMetrics.throttled(model);
    return Reply.Refusal.here(
        new ApiError(
            429,
            "requests",
            "rate_limit_exceeded",
            "What "
                + model.provider().id()
                + " grants for "
                + model.id()
                + " is used up for now; use another model or send the request again after"
                + " retry_after_ms.",
            null,
            "provider"),
        Outcomes.RATE_LIMITED,
        retryAfter);
  }

  private static Reply.Refusal tooDear(long ceiling, long most) {
    return Reply.Refusal.here(
        new ApiError(
            402,
            "insufficient_quota",
            "max_cost_exceeded",
            "This request can cost up to "
                + Money.plainUsd(ceiling)
                + " USD, more than the "
                + Money.plainUsd(most)
                + " USD it may; lower max_tokens or raise the limit.",
            null,
            "router"),
        Outcomes.BUDGET,
        null);
  }

  private static Reply.Refusal overBudget(
      Call call, long ceiling, LeaseRefusal refusal, boolean cheaper) {
    String left = Money.plainUsd(Math.max(0, refusal.availableNanos()));
    String message =
        "Team %s: of the %s USD that the budget %s allows until %s, %s USD are left, and this request can cost up to %s USD; %s."
            .formatted(
                call.caller().team(),
                Money.plainUsd(refusal.limitNanos()),
                refusal.budget(),
                refusal.resetsAt(),
                left,
                Money.plainUsd(ceiling),
                cheaper
                    ? "models of the cheapest tier may still be asked, as 'auto' does"
                    : "lower max_tokens, wait until then, or have the budget raised");
    return Reply.Refusal.here(
        new ApiError(
            402,
            "insufficient_quota",
            cheaper ? Outcomes.BUDGET_DOWNGRADE : "budget_exceeded",
            message,
            null,
            "router"),
        Outcomes.BUDGET,
        null);
  }

  private static Reply.Refusal unverifiable(String budget) {
    return Reply.Refusal.here(
        new ApiError(
            503,
            "timeout",
            "budget_unverifiable",
            "The service that keeps the budget "
                + budget
                + " does not answer, and nothing may be spent of it meanwhile; send the request"
                + " again after retry_after_ms.",
            null,
            "router"),
        Outcomes.BUDGET,
        UNTIL_THE_LEDGER_MAY_BE_BACK);
  }

  private static Reply.Refusal spoolFull(String why) {
    return Reply.Refusal.here(
        new ApiError(503, "server_error", "spool_full", why, null, "router"),
        Outcomes.OVERLOADED,
        UNTIL_THE_SPOOL_MAY_HAVE_ROOM);
  }
}
