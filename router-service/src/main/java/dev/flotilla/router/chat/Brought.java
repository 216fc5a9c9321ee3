package dev.flotilla.router.chat;

import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.kit.http.ApiError;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.validation.BrokenRule;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an errand brought back. */
public sealed interface Brought {
  Facts facts();

  /**
   * A whole answer, fresh or from the cache, that the validators of its task type accept unless the
   * facts say otherwise.
   */
  record Answer(Completion completion, Facts facts) implements Brought {}

  /**
   * Nothing is wrong with the request, but this was not the moment for it: a limit is used up,
   * there was no room, or the service that makes calls is away.
   *
   * @param pause until it makes sense to come again
   */
  record Later(ApiError error, Duration pause, Facts facts) implements Brought {}

  /**
   * No answer.
   *
   * @param broken what was wrong with the last answer; empty when nothing came
   * @param mayPass whether the same request may be answered a little later
   * @param untold whether a call broke off before anybody said what became of it, so that it may
   *     have been paid
   */
  record Refused(
      ApiError error, List<BrokenRule> broken, boolean mayPass, boolean untold, Facts facts)
      implements Brought {}

  /**
   * How it came about.
   *
   * @param taskType null when models were named
   * @param decidedBy {@code hint rules classifier default}
   * @param cache {@code hit miss refresh bypass disabled}
   * @param model who answered; null when nobody did
   * @param fallbackReason why the first candidate that failed did; null when none failed
   * @param attempts all calls made, in order; none for an answer from the cache
   * @param broken rules that the answer breaks and is given all the same; empty otherwise
   */
  record Facts(
      @Nullable String taskType,
      @Nullable Double confidence,
      String decidedBy,
      String cache,
      @Nullable String model,
      boolean simulated,
      int fallbackCount,
      @Nullable String fallbackReason,
      List<AttemptReport> attempts,
      List<BrokenRule> broken) {
    public Facts {
      attempts = List.copyOf(attempts);
      broken = List.copyOf(broken);
    }
  }
}
