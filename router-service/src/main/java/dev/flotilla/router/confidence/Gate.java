package dev.flotilla.router.confidence;

import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.learning.confidence.Calibration;
import dev.flotilla.learning.confidence.Calibration.Look;
import dev.flotilla.learning.confidence.Features;
import dev.flotilla.learning.confidence.Thresholds;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.upstream.CallOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * How one model's answers to one kind of work are judged.
 *
 * @param tier which entry of the candidates it comes from, from 0
 * @param samples whether a second answer may be asked for
 * @param stated whether what an answer states of itself is looked at
 */
record Gate(
    Model model,
    int tier,
    Calibration calibration,
    Thresholds thresholds,
    boolean samples,
    boolean stated) {
  /** What the model is asked: for all of the answer, and for logprobs where they tell something. */
  ChatRequest asked(ChatRequest request) {
    return wantsLogprobs() ? Asking.forLogprobs(request) : request.whole();
  }

  private boolean wantsLogprobs() {
    return calibration.one() != null && model.supports().contains("logprobs");
  }

  /**
   * Judges an answer.
   *
   * @param request as the caller made it
   * @param again asks the same model once more; used at most once
   */
  Gates.Judged judge(
      CallOutcome.Answered answered,
      ChatRequest request,
      Function<ChatRequest, CallOutcome> again) {
    Completion answer = answered.completion();
    var features = new Features(Signs.logprob(answer), null, stated ? Signs.stated(answer) : null);
    Look look = calibration.look(features, thresholds);
    List<AttemptReport> attempts = answered.attempts();
    if (look == Look.UNDECIDED && samples) {
      CallOutcome second = again.apply(Asking.differently(request));
      attempts = new ArrayList<>(attempts);
      attempts.addAll(second.attempts());
      if (second instanceof CallOutcome.Answered other) {
        boolean json = !request.responseFormat().equals("text");
        features = features.agreeing(Agreement.of(answer, other.completion(), json));
        look = calibration.look(features, thresholds);
      }
    }
    Completion shown = Asking.hasLogprobs(request) ? answer : Signs.withoutLogprobs(answer);
    var given = new CallOutcome.Answered(shown, answered.simulated(), List.copyOf(attempts));
    boolean accepted = look == Look.ACCEPTED;
    OptionalDouble score = calibration.score(features);
    var confidence =
        new Confidence(
            model.id(), features, score.isPresent() ? score.getAsDouble() : null, accepted);
    return new Gates.Judged(accepted ? given : new CallOutcome.Unsure(model, given), confidence);
  }
}
