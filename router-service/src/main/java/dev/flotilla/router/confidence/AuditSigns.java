package dev.flotilla.router.confidence;

import dev.flotilla.catalog.Model;
import dev.flotilla.learning.confidence.Features;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.upstream.CallOutcome;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The signs of answers that somebody graded, as a gate would see them: what calibrations are made
 * of. Thread-safe.
 */
public final class AuditSigns {
  private AuditSigns() {}

  /** What a model is asked whose answer is audited: for logprobs, where it can give them. */
  public static ChatRequest asked(Model model, ChatRequest request) {
    return model.supports().contains("logprobs") ? Asking.forLogprobs(request) : request.whole();
  }

  /**
   * What an answer shows. Empty when that is too little to judge it by.
   *
   * @param seen what a gate found when it doubted this answer; null when none did
   * @param again asks the same model once more; used at most once, when no gate did
   */
  public static Optional<Features> of(
      Completion answer,
      ChatRequest request,
      @Nullable Features seen,
      Function<ChatRequest, CallOutcome> again) {
    Features signs =
        seen == null ? new Features(Signs.logprob(answer), null, Signs.stated(answer)) : seen;
    if (signs.agreement() == null
        && again.apply(Asking.differently(request)) instanceof CallOutcome.Answered other) {
      boolean json = !request.responseFormat().equals("text");
      signs = signs.agreeing(Agreement.of(answer, other.completion(), json));
    }
    return signs.logprob() == null && signs.agreement() == null
        ? Optional.empty()
        : Optional.of(signs);
  }
}
