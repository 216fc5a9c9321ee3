package dev.flotilla.router.confidence;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.kit.json.Json;
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
  /** Below this the second answer would be the first one again. */
  private static final double LEAST_TEMPERATURE = 0.5;

  private static final double TEMPERATURE = 0.7;

  /** What the model is asked: for all of the answer, and for logprobs where they tell something. */
  ChatRequest asked(ChatRequest request) {
    ChatRequest whole = request.whole();
    if (!wantsLogprobs() || asksForLogprobs(request)) {
      return whole;
    }
    ObjectNode body = Json.object().<ObjectNode>setAll(whole.body()).put("logprobs", true);
    return new ChatRequest(body, whole.hints(), whole.marked(), whole.operation());
  }

  private boolean wantsLogprobs() {
    return calibration.one() != null && model.supports().contains("logprobs");
  }

  private static boolean asksForLogprobs(ChatRequest request) {
    return request.body().path("logprobs").asBoolean(false);
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
      CallOutcome second = again.apply(differently(request));
      attempts = new ArrayList<>(attempts);
      attempts.addAll(second.attempts());
      if (second instanceof CallOutcome.Answered other) {
        boolean json = !request.responseFormat().equals("text");
        features = features.agreeing(Agreement.of(answer, other.completion(), json));
        look = calibration.look(features, thresholds);
      }
    }
    Completion shown = asksForLogprobs(request) ? answer : Signs.withoutLogprobs(answer);
    var given = new CallOutcome.Answered(shown, answered.simulated(), List.copyOf(attempts));
    boolean accepted = look == Look.ACCEPTED;
    OptionalDouble score = calibration.score(features);
    var confidence =
        new Confidence(
            model.id(), features, score.isPresent() ? score.getAsDouble() : null, accepted);
    return new Gates.Judged(accepted ? given : new CallOutcome.Unsure(model, given), confidence);
  }

  /**
   * The same request where the model may answer otherwise. A temperature that was not given is left
   * alone: it is high enough where there is one, and models that think refuse any.
   */
  private static ChatRequest differently(ChatRequest request) {
    ChatRequest whole = request.whole();
    ObjectNode body = Json.object().setAll(whole.body());
    body.remove(List.of("seed", "logprobs", "top_logprobs"));
    if (body.path("temperature").isNumber()
        && body.path("temperature").doubleValue() < LEAST_TEMPERATURE) {
      body.put("temperature", TEMPERATURE);
    }
    return new ChatRequest(body, whole.hints(), whole.marked(), whole.operation());
  }
}
