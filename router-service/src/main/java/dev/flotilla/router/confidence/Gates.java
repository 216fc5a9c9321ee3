package dev.flotilla.router.confidence;

import dev.flotilla.catalog.Model;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.upstream.CallOutcome;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Whose answers to one kind of work are doubted, and how. Thread-safe. */
public final class Gates {
  /** Nobody's. */
  public static final Gates NONE = new Gates(Map.of());

  private final Map<String, Gate> byModel;

  Gates(Map<String, Gate> byModel) {
    this.byModel = Map.copyOf(byModel);
  }

  /**
   * What became of an answer.
   *
   * @param outcome the answer, without what the caller did not ask for, or {@link
   *     CallOutcome.Unsure}; the attempts of a second one are among its own
   * @param confidence why; null when nobody doubts the model
   */
  public record Judged(CallOutcome outcome, @Nullable Confidence confidence) {}

  /** The same, but the last who can be asked is not doubted: nobody could be asked instead. */
  public Gates sparing(Model last) {
    if (!byModel.containsKey(last.id())) {
      return this;
    }
    var others = new HashMap<>(byModel);
    others.remove(last.id());
    return new Gates(others);
  }

  /** What a model is asked: a stream that is to be judged before it begins is asked for whole. */
  public ChatRequest asked(Model model, ChatRequest request) {
    Gate gate = byModel.get(model.id());
    return gate == null ? request : gate.asked(request);
  }

  /**
   * Judges an answer that passed its validators.
   *
   * @param request as the caller made it
   * @param again asks the same model once more; used at most once, when the answer alone does not
   *     tell
   */
  public Judged judge(
      Model model,
      CallOutcome.Answered answered,
      ChatRequest request,
      Function<ChatRequest, CallOutcome> again) {
    Gate gate = byModel.get(model.id());
    return gate == null ? new Judged(answered, null) : gate.judge(answered, request, again);
  }

  /** Whether models are as strong as each other: who was not sure of one need not ask the other. */
  public boolean alike(Model one, Model other) {
    Gate first = byModel.get(one.id());
    Gate second = byModel.get(other.id());
    return first != null && second != null && first.tier() == second.tier();
  }
}
