package dev.flotilla.router.shadow;

import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.metrics.LabelledCounter;
import dev.flotilla.learning.shadow.ShadowedPair;
import dev.flotilla.learning.shadow.Standing;
import dev.flotilla.router.confidence.AuditSigns;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.exchange.Completion;
import dev.flotilla.router.exchange.Purpose;
import dev.flotilla.router.exchange.TaskType;
import dev.flotilla.router.routing.Learning;
import dev.flotilla.router.routing.Learning.Judge;
import dev.flotilla.router.routing.Plan;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.store.NoStore;
import dev.flotilla.router.upstream.CallOutcome;
import dev.flotilla.router.upstream.ModelCall;
import dev.flotilla.router.upstream.ModelCaller;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows a share of answered requests to a second model, after the caller has its answer, and learns
 * from how the two compare. The second call is the caller's like the first one, with {@code shadow}
 * as its origin, and never more than the day's budget. Thread-safe.
 */
public final class Shadows implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Shadows.class.getName());

  /** More at once would be load that nobody waits for. */
  private static final int MOST_AT_ONCE = 16;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration AT_THE_END = Duration.ofSeconds(5);

  private final Learning learning;
  private final LessonBook book;
  private final Lessons lessons;
  private final RoutePolicy policy;
  private final ModelCaller models;
  private final Judging judging;
  private final @Nullable AuditBook audits;
  private final LabelledCounter counted;
  private final DoubleSupplier dice;
  private final Semaphore places = new Semaphore(MOST_AT_ONCE);

  /**
   * @param audits where the signs of graded answers are kept; null when they are not
   */
  Shadows(
      Learning learning,
      LessonBook book,
      Lessons lessons,
      RoutePolicy policy,
      ModelCaller models,
      Judging judging,
      @Nullable AuditBook audits,
      LabelledCounter counted) {
    this.learning = learning;
    this.book = book;
    this.lessons = lessons;
    this.policy = policy;
    this.models = models;
    this.judging = judging;
    this.audits = audits;
    this.counted = counted;
    this.dice = () -> ThreadLocalRandom.current().nextDouble();
  }

  /**
   * Who is to answer besides, or instead.
   *
   * @param candidate the cheaper model that is learned about
   * @param second who is asked too: the candidate, or the model it stands in for
   * @param propensity the probability with which this was drawn
   */
  public record Draw(TaskType type, Model candidate, Model second, double propensity) {}

  /**
   * Whether a request is shown to a second model. Only one that left the choice to us is, and, when
   * validators judge, one that has some.
   */
  public Optional<Draw> draw(Plan plan) {
    if (plan.classification() == null
        || lessons.leftToday() == 0
        || (learning.judge() == Judge.VALIDATORS && !plan.validators().holdBack())) {
      return Optional.empty();
    }
    TaskType type = plan.classification().taskType();
    List<Model> cheaper = learning.cheaper().getOrDefault(type, List.of());
    Optional<Model> reference =
        plan.candidates().stream().filter(model -> !cheaper.contains(model)).findFirst();
    if (reference.isEmpty() || dice.getAsDouble() >= learning.share()) {
      return Optional.empty();
    }
    Model first = plan.candidates().getFirst();
    // What is known to be not good enough is compared no more, even where a gain router asks it.
    boolean asked = cheaper.contains(first);
    return (asked ? List.of(first) : cheaper)
        .stream()
            .filter(model -> lessons.evidence(type, model).standing() != Standing.REJECTED)
            .findFirst()
            .map(model -> new Draw(type, model, asked ? reference.get() : model, learning.share()));
  }

  /** The plan of a request that the second model answers instead, when callers are the judges. */
  public Plan planned(Plan plan, Draw draw, ChatRequest request, Caller caller) {
    return learning.judge() == Judge.FEEDBACK && policy.mayAnswer(draw.second(), request, caller)
        ? plan.withFirst(draw.second())
        : plan;
  }

  /** A request was answered by the first of its candidates, or by another one. */
  public void answered(Optional<Draw> draw, ShadowRequest answered, List<AttemptReport> paid) {
    noteUse(answered, paid);
    if (draw.isPresent()
        && learning.judge() == Judge.VALIDATORS
        && answered.refused().contains(draw.get().candidate().id())) {
      // The promoted model's answer was not accepted and another one's was: that pair costs
      // nothing.
      learn(draw.get(), answered.requestId(), 0, 1);
    } else if (draw.isPresent()
        && learning.judge() != Judge.FEEDBACK
        && answered.plan().candidates().getFirst().id().equals(answered.answeredBy())
        && policy.mayAnswer(draw.get().second(), answered.request(), answered.caller())) {
      inBackground(answered.requestId(), () -> compared(draw.get(), answered));
    }
  }

  /** What a promoted model saved beside the one it stands in for. */
  private void noteUse(ShadowRequest answered, List<AttemptReport> paid) {
    Plan plan = answered.plan();
    if (plan.classification() == null) {
      return;
    }
    TaskType type = plan.classification().taskType();
    lessons
        .promoted(type)
        .filter(model -> model.id().equals(answered.answeredBy()))
        .ifPresent(
            model ->
                plan.candidates().stream()
                    .filter(
                        other -> !learning.cheaper().getOrDefault(type, List.of()).contains(other))
                    .findFirst()
                    .ifPresent(
                        instead ->
                            lessons.answered(
                                type, model, Savings.beside(instead, answered.given(), paid))));
  }

  private void inBackground(String requestId, Supplier<String> work) {
    if (!places.tryAcquire()) {
      counted.of("busy").inc();
      return;
    }
    Thread.ofVirtual()
        .name("shadow-", 0)
        .start(
            () -> {
              try {
                counted.of(work.get()).inc();
              } catch (NoStore e) {
                counted.of("database_away").inc();
              } catch (RuntimeException e) {
                counted.of("failed").inc();
                LOG.log(Level.ERROR, "a shadow of " + requestId + " failed", e);
              } finally {
                places.release();
              }
            });
  }

  /** Asks the second model and learns; says what came of it. */
  private String compared(Draw draw, ShadowRequest answered) {
    Deadline deadline = Deadline.in(PATIENCE);
    ChatRequest request = answered.request();
    boolean audit = !draw.second().equals(draw.candidate());
    CallOutcome said =
        asked(
            draw.second(),
            audits == null || audit ? request.whole() : AuditSigns.asked(draw.second(), request),
            draw,
            answered,
            deadline);
    if (!(said instanceof CallOutcome.Answered second)) {
      return said instanceof CallOutcome.OverBudget ? "over_budget" : "no_answer";
    }
    Optional<Judging.Grade> first =
        judging.grade(answered, answered.answeredBy(), answered.given(), deadline);
    Optional<Judging.Grade> other =
        judging.grade(answered, draw.second().id(), second.completion(), deadline);
    lessons.spent(
        draw.type(),
        draw.candidate(),
        first.map(Judging.Grade::nanos).orElse(0L) + other.map(Judging.Grade::nanos).orElse(0L));
    if (first.isEmpty() || other.isEmpty()) {
      return "not_judged";
    }
    double given = first.get().quality();
    double shadow = other.get().quality();
    var pair = new ShadowedPair(audit ? given : shadow, audit ? shadow : given, draw.propensity());
    book.learn(draw.type(), draw.candidate(), pair, learning.rules());
    if (audits != null && request.choices() == 1) {
      Completion answer = audit ? answered.given() : second.completion();
      AuditSigns.of(
              answer,
              request,
              audit ? answered.signs() : null,
              again -> asked(draw.candidate(), again, draw, answered, deadline))
          .ifPresent(
              signs ->
                  audits.keep(draw.type(), draw.candidate(), signs, pair.isGood(learning.rules())));
    }
    return "compared";
  }

  /** Asks a model beside the request, and notes what that cost. */
  private CallOutcome asked(
      Model model, ChatRequest request, Draw draw, ShadowRequest answered, Deadline deadline) {
    CallOutcome said =
        models.call(
            model,
            0,
            request,
            new ModelCall(
                answered.caller(),
                answered.requestId(),
                new Purpose("shadow", null, null, null),
                draw.type(),
                deadline,
                lessons.leftToday(),
                false,
                request.tags(),
                null),
            answered.traceparent());
    lessons.spent(draw.type(), draw.candidate(), AttemptReport.mostNanos(said.attempts()));
    return said;
  }

  /** In the background: a caller does not wait for what is learned from it. */
  private void learn(Draw draw, String requestId, double candidate, double reference) {
    inBackground(
        requestId,
        () -> {
          book.learn(
              draw.type(),
              draw.candidate(),
              new ShadowedPair(candidate, reference, draw.propensity()),
              learning.rules());
          return "compared";
        });
  }

  /** Waits a little for what has begun: it was paid for. */
  @Override
  public void close() {
    try {
      places.tryAcquire(MOST_AT_ONCE, AT_THE_END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
