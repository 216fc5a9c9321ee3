package dev.flotilla.router.upstream;

import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.validation.BrokenRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How one call to a model ended. Each case is something the fallback chain treats differently. */
public sealed interface CallOutcome {
  /** What was tried, retries included; the ledger has a row for each. */
  List<AttemptReport> attempts();

  /** A whole answer came; it is not judged yet. */
  record Answered(Completion completion, boolean simulated, List<AttemptReport> attempts)
      implements CallOutcome {}

  /**
   * The first tokens of a stream came; the rest follows as it is read. Its attempts are known at
   * its end.
   */
  record Streaming(AnswerStream stream, boolean simulated) implements CallOutcome {
    @Override
    public List<AttemptReport> attempts() {
      return List.of();
    }
  }

  /** Nothing that can be given to the caller, and another model may do better. */
  sealed interface NoAnswer extends CallOutcome {
    /** One of {@link dev.flotilla.contracts.call.Outcomes}. */
    String reason();

    /** What happened, safe to show. */
    String message();
  }

  /**
   * No answer came.
   *
   * @param reason one of {@link dev.flotilla.contracts.call.Outcomes}
   * @param message what happened, safe to show
   * @param retryAfterMillis when the provider wants to be asked again; null when it did not say
   */
  record Failed(
      String reason, String message, @Nullable Long retryAfterMillis, List<AttemptReport> attempts)
      implements NoAnswer {}

  /**
   * A whole answer came, was paid for, and is not what an answer must be.
   *
   * @param broken at least one
   */
  record Unacceptable(Model model, List<BrokenRule> broken, List<AttemptReport> attempts)
      implements NoAnswer {
    @Override
    public String reason() {
      return Outcomes.INVALID_OUTPUT;
    }

    @Override
    public String message() {
      return model.id()
          + ": "
          + broken.getFirst().message()
          + (broken.size() == 1 ? "" : " (and " + (broken.size() - 1) + " more)");
    }
  }

  /**
   * An answer came and is what an answer must be, but one may not be sure enough of it.
   *
   * @param answer to be given all the same when nobody else has one
   */
  record Unsure(Model model, Answered answer) implements NoAnswer {
    @Override
    public String reason() {
      return Outcomes.LOW_CONFIDENCE;
    }

    @Override
    public String message() {
      return model.id() + ": too little speaks for its answer";
    }

    @Override
    public List<AttemptReport> attempts() {
      return answer.attempts();
    }
  }

  /**
   * The model was not asked, because there is no money for it: of the caller's own limit or of a
   * budget.
   *
   * @param error which of them, in words that are safe to show
   */
  record OverBudget(Model model, ApiError error, List<AttemptReport> attempts) implements NoAnswer {
    @Override
    public String reason() {
      return Outcomes.BUDGET;
    }

    @Override
    public String message() {
      return model.id() + ": " + error.message();
    }

    /** Whether the budget has more for models of the cheapest tier. */
    public boolean downgrades() {
      return error.code().equals(Outcomes.BUDGET_DOWNGRADE);
    }
  }

  /**
   * The model was not asked, because its provider has no words for something in the request.
   *
   * @param error names the parameter
   */
  record Inexpressible(Model model, ApiError error) implements NoAnswer {
    @Override
    public String reason() {
      return Outcomes.UNSUPPORTED;
    }

    @Override
    public String message() {
      return model.id() + ": " + error.message();
    }

    @Override
    public List<AttemptReport> attempts() {
      return List.of();
    }
  }

  /**
   * The service that calls providers has no room for it: ours to say, and no provider's fault.
   * Asking it for another model is one more request it has no room for.
   */
  record Shed(List<AttemptReport> attempts) implements CallOutcome {}

  /** The request itself is at fault; no other model will do better. */
  record Rejected(ApiError error, List<AttemptReport> attempts) implements CallOutcome {}
}
