package dev.flotilla.router.pipeline.interpreter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.telemetry.SpanNames;
import dev.flotilla.kit.hash.Sha256;
import dev.flotilla.kit.json.Json;
import dev.flotilla.pipelines.definition.Action;
import dev.flotilla.pipelines.definition.Step;
import dev.flotilla.pipelines.template.RenderFailed;
import dev.flotilla.pipelines.value.Plain;
import dev.flotilla.router.chat.Errands;
import dev.flotilla.router.classification.Classification;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Hints;
import dev.flotilla.router.pipeline.journal.AttemptState;
import dev.flotilla.router.pipeline.journal.Ended;
import dev.flotilla.router.pipeline.journal.NewAttempt;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.upstream.Connections;
import dev.flotilla.router.upstream.ReviewService;
import io.opentelemetry.api.trace.StatusCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does what steps say, once each time it is asked, and writes down what became of it. Thread-safe.
 */
public final class Actions {
  /** Longer than this a run rests instead of holding a place. */
  private static final Duration SHORT = Duration.ofSeconds(2);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  /** So often a try that is too soon waits where it is. */
  private static final int SHORT_WAITS = 5;

  private final ModelAction models;
  private final HttpAction servers;
  private final People people;
  private final ReviewAction reviews;
  private final RoutePolicy policy;
  private final Judge judge;

  /**
   * @param longestAnswer most time for one answer of a model when a step says nothing
   * @param betweenLooks how often a run that waits for a person looks by itself
   */
  public Actions(
      Errands errands,
      RoutePolicy policy,
      Connections connections,
      ReviewService reviewService,
      Duration longestAnswer,
      Duration betweenLooks) {
    this.policy = policy;
    this.judge = new Judge();
    this.models = new ModelAction(errands, judge, longestAnswer);
    this.servers = new HttpAction(connections, judge);
    this.people = new People(reviewService, betweenLooks);
    this.reviews = new ReviewAction(this, reviewService, people);
  }

  /** The output; null when there is none and it may be tried again. */
  @Nullable JsonNode tryOnce(Try attempt) {
    return switch (attempt.step().action()) {
      case Action.Value(var expression) ->
          computed(
              attempt,
              Plain.json(Interpreter.evaluated(expression, attempt.scope(), attempt.key())));
      case Action.Check(var rules) -> checked(attempt, Judge.broken(rules, attempt.scope()));
      case Action.Classify(var text) ->
          computed(
              attempt, classified(Interpreter.evaluated(text, attempt.scope(), attempt.key())));
      case Action.HttpCall call ->
          paid(attempt, fresh(attempt, null), () -> servers.perform(attempt, call));
      case Action.ModelCall call -> asked(attempt, call);
      case Action.Human human -> decided(attempt, human);
      case Action.Review review -> reviews.reviewed(attempt, review);
      case Action.SubPipeline sub ->
          throw new IllegalStateException("a pipeline within one is no single try");
    };
  }

  static NewAttempt fresh(Try attempt, @Nullable String promptHash) {
    Action action = attempt.step().action();
    boolean asks = action instanceof Action.ModelCall || action instanceof Action.Review;
    return new NewAttempt(
        attempt.key(),
        attempt.going().next(attempt.key()),
        attempt.path(),
        Interpreter.kind(action),
        asks ? attempt.requestId() : null,
        promptHash);
  }

  /** What follows from what is there. */
  private @Nullable JsonNode computed(Try attempt, JsonNode output) {
    Judge.Verdict verdict = judge.of(output, attempt.step(), attempt.scope());
    if (verdict.broken().isEmpty()) {
      attempt.going().settle(fresh(attempt, null), Ended.done(output));
      return output;
    }
    // It would follow again.
    ObjectNode error = Errors.broken(Errors.INVALID_OUTPUT, verdict.broken()).put("final", true);
    attempt.going().settle(fresh(attempt, null), Ended.failed(error));
    return null;
  }

  private static @Nullable JsonNode checked(Try attempt, List<String> broken) {
    if (broken.isEmpty()) {
      attempt.going().settle(fresh(attempt, null), Ended.done(BooleanNode.TRUE));
      return BooleanNode.TRUE;
    }
    ObjectNode error =
        Errors.broken(Errors.CHECK_FAILED, broken).put("status", 400).put("final", true);
    attempt.going().settle(fresh(attempt, null), Ended.failed(error));
    return null;
  }

  private JsonNode classified(@Nullable Object text) {
    ObjectNode body = Json.object().put("model", RoutePolicy.AUTO);
    String asked = text instanceof String words ? words : Plain.json(text).toString();
    body.putArray("messages").addObject().put("role", "user").put("content", asked);
    Classification found =
        policy
            .classify(new ChatRequest(body, Hints.NONE))
            .orElseThrow(() -> new IllegalStateException("'auto' is always classified"));
    ObjectNode output = Json.object().put("task_type", found.taskType().word());
    output.put("score", score(found));
    output.put("intent", intent(asked));
    return output.put("confidence", found.confidence());
  }

  /** From 1, work for the cheapest model, to 5, work for the strongest. */
  private static int score(Classification found) {
    return switch (found.taskType()) {
      case BULK -> 1;
      case STRUCTURED -> 2;
      case STANDARD -> 3;
      case COMPLEX -> 5;
    };
  }

  /** What the words are about, as far as words alone tell. */
  private static String intent(String text) {
    String words = text.toLowerCase(Locale.ROOT);
    if (words.contains("```")
        || words.matches(
            "(?s).*\\b(code|function|class|method|script|python|java|sql|bug|refactor|compile|unit test)\\b.*")) {
      return "code";
    }
    if (words.matches("(?s).*\\b(json|csv|extract|schema|table)\\b.*")) {
      return "extraction";
    }
    if (words.matches("(?s).*\\b(translate|translation)\\b.*")) {
      return "translation";
    }
    if (words.matches("(?s).*\\b(summari[sz]e|summary|tl;dr)\\b.*")) {
      return "summary";
    }
    return "general";
  }

  @Nullable JsonNode asked(Try attempt, Action.ModelCall call) {
    ModelAction.Asked asked = models.ask(attempt, call);
    String hash = "sha256:" + Sha256.hex(ModelAction.promptOf(asked));
    return switch (asked) {
      case ModelAction.Asked.Not(var error) -> {
        attempt.going().settle(fresh(attempt, hash), Ended.failed(error.put("final", true)));
        yield null;
      }
      case ModelAction.Asked.Ready(var question) -> {
        boolean shown = question.request().stream();
        ModelAction.Words words =
            shown ? new ShownWords(attempt.going(), attempt.key()) : ModelAction.Words.NOBODY;
        yield paid(
            attempt, fresh(attempt, hash), () -> models.perform(attempt, call, question, words));
      }
    };
  }

  /** What may cost something is written down before and after. */
  @Nullable JsonNode paid(Try attempt, NewAttempt fresh, Supplier<Outcome> perform) {
    Going going = attempt.going();
    going.begin(fresh);
    Outcome outcome = patiently(perform);
    attempt.span().setAttribute("flotilla.step.attempt", fresh.number());
    switch (outcome) {
      case Outcome.Done(var output, var answer, var calls) -> {
        if (answer != null && answer.model() != null) {
          attempt.span().setAttribute(SpanNames.RESPONSE_MODEL, answer.model());
        }
        going.end(fresh, new Ended(AttemptState.DONE, output, null, answer, calls));
        return output;
      }
      case Outcome.Invalid(var broken, var answer, var calls) -> {
        attempt.span().setStatus(StatusCode.ERROR, Errors.INVALID_OUTPUT);
        ObjectNode error = Errors.broken(Errors.INVALID_OUTPUT, broken);
        going.end(fresh, new Ended(AttemptState.FAILED, null, error, answer, calls));
        return null;
      }
      case Outcome.Failed(var error, boolean again, var calls) -> {
        if (Thread.currentThread().isInterrupted()) {
          // Nobody knows how it ended: it was given up because this process leaves.
          throw new Stop.Leaving();
        }
        attempt.span().setStatus(StatusCode.ERROR, error.path("code").asText());
        if (!again) {
          error.put("final", true);
        }
        going.end(fresh, new Ended(AttemptState.FAILED, null, error, null, calls));
        if (again && failures(attempt) + 1 < attempt.step().maxAttempts()) {
          pause(pauseAfter(failures(attempt)), null);
        }
        return null;
      }
      case Outcome.Unknown(var error, var calls) -> {
        if (Thread.currentThread().isInterrupted()) {
          throw new Stop.Leaving();
        }
        attempt.span().setStatus(StatusCode.ERROR, error.path("code").asText());
        going.end(fresh, new Ended(AttemptState.UNKNOWN, null, error, null, calls));
        if (failures(attempt) + 1 < attempt.step().maxAttempts()) {
          pause(pauseAfter(failures(attempt)), null);
        }
        return null;
      }
      case Outcome.TooSoon(var error, Duration wait, var calls) -> {
        if (Thread.currentThread().isInterrupted()) {
          throw new Stop.Leaving();
        }
        going.end(fresh, new Ended(AttemptState.PARKED, null, error, null, calls));
        throw new Stop.Resting(Instant.now().plus(wait), null);
      }
    }
  }

  /** A short wait for a limit is no reason to put the run to rest. */
  private static Outcome patiently(Supplier<Outcome> perform) {
    Outcome outcome = perform.get();
    for (int i = 0;
        i < SHORT_WAITS
            && outcome instanceof Outcome.TooSoon soon
            && soon.pause().compareTo(SHORT) <= 0
            && soon.calls().isEmpty();
        i++) {
      if (!slept(soon.pause())) {
        throw new Stop.Leaving();
      }
      outcome = perform.get();
    }
    return outcome;
  }

  private static long failures(Try attempt) {
    return attempt.before().stream()
        .filter(one -> one.round() == attempt.going().run().round())
        .filter(one -> one.state() == AttemptState.FAILED || one.state() == AttemptState.UNKNOWN)
        .count();
  }

  private static Duration pauseAfter(long failures) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures, 10));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  /** Waits here when it is short, and otherwise puts the run to rest. */
  private static void pause(Duration pause, @Nullable String waitingFor) {
    if (pause.compareTo(SHORT) > 0) {
      throw new Stop.Resting(Instant.now().plus(pause), waitingFor);
    }
    if (!slept(pause)) {
      throw new Stop.Leaving();
    }
  }

  private static boolean slept(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private JsonNode decided(Try attempt, Action.Human human) {
    Step step = attempt.step();
    String title;
    try {
      title = human.title().render(attempt.scope());
    } catch (RenderFailed e) {
      throw new Stop.Failed(
          Errors.of("prompt_failed", String.valueOf(e.getMessage())).put("step", step.id()));
    }
    ObjectNode show = Json.object();
    human.show().forEach(name -> show.set(name, Plain.json(attempt.scope().get(name))));
    NewAttempt fresh = fresh(attempt, null);
    ObjectNode decision =
        people.decided(
            attempt,
            fresh,
            new People.Question(
                human.queue(), title, show, human.decisions(), human.timeout(), human.onTimeout()));
    attempt.going().end(fresh, Ended.done(decision));
    return decision;
  }

  /** Whether a try is made again of which nobody knows how the last one ended. */
  boolean mayRepeat(Try question) {
    NewAttempt fresh =
        new NewAttempt(
            question.key(),
            question.going().next(question.key()),
            question.path(),
            "human",
            null,
            null);
    ObjectNode decision =
        people.decided(
            question,
            fresh,
            new People.Question(
                "runs",
                "Make step "
                    + question.step().id()
                    + " of "
                    + question.going().run().pipeline()
                    + " again? Whoever made it was lost, and it may have been paid for.",
                Json.object(),
                List.of("retry", "fail"),
                Duration.ofHours(24),
                "fail"));
    question.going().end(fresh, Ended.done(decision));
    return decision.path("decision").asText().equals("retry");
  }
}
