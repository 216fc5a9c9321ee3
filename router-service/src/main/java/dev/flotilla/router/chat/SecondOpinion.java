package dev.flotilla.router.chat;

import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.telemetry.SpanNames;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.telemetry.Tracing;
import dev.flotilla.router.cache.AnswerCache;
import dev.flotilla.router.cache.CachedAnswer;
import dev.flotilla.router.classification.Asking;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.classification.TaskTypeQuestion;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.upstream.CallOutcome;
import dev.flotilla.router.upstream.ModelCaller;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks a cheap model what kind of work a request is when everything cheaper is not sure. The call
 * is the request's own: its account, its limit of cost, its id in the ledger. Thread-safe.
 */
final class SecondOpinion {
  /** Who waits longer for a classification than for an answer has lost more than it can save. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Asking asking;
  private final TaskTypeQuestion question;
  private final AnswerCache cache;
  private final ModelCaller models;

  SecondOpinion(Asking asking, AnswerCache cache, ModelCaller models) {
    this.asking = asking;
    this.question = new TaskTypeQuestion(asking.classic());
    this.cache = cache;
    this.models = models;
  }

  /** Whether a model is to be asked: never against a fact, or a rule that is certain. */
  boolean isWantedAfter(Classification first) {
    return !first.likely().isEmpty() && first.confidence() < asking.below();
  }

  /** What it is taken for after all; the same as before when no model gives an answer. */
  Classification after(Classification first, ChatRequest request, Journey journey) {
    String key = cache.key(question.about(request.lastUserText()), journey.caller());
    return journey
        .cache(SpanNames.CACHE, span -> cache.find(key))
        .map(hit -> hit.answer().completion())
        .or(() -> answer(key, request, journey))
        .map(completion -> first.afterAsking(question.read(completion).orElse(null)))
        .orElse(first);
  }

  private Optional<Completion> answer(String key, ChatRequest request, Journey journey) {
    Duration patience = journey.deadline().remaining().dividedBy(4);
    Deadline deadline = Deadline.in(patience.compareTo(PATIENCE) < 0 ? patience : PATIENCE);
    for (Model model : asking.models()) {
      if (!journey.caller().mayUse(model.id())) {
        continue;
      }
      CallOutcome said =
          journey.provider(
              SpanNames.CANDIDATE + " " + model.id(),
              span ->
                  models.call(
                      model,
                      0,
                      question.about(request.lastUserText(), model),
                      journey.classifying(request, deadline),
                      Tracing.traceparent(span)));
      journey.heardOfItsKind(said);
      if (said instanceof CallOutcome.Answered(var completion, var simulated, var attempts)) {
        cache.keep(key, new CachedAnswer(completion, model.id(), null, simulated));
        return Optional.of(completion);
      }
    }
    return Optional.empty();
  }
}
