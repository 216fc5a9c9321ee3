package dev.flotilla.router.shadow;

import dev.flotilla.catalog.Catalog;
import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.metrics.LabelledCounter;
import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.routing.Learning;
import dev.flotilla.router.routing.Promotions;
import dev.flotilla.router.routing.RoutePolicy;
import dev.flotilla.router.routing.Routing;
import dev.flotilla.router.store.Store;
import dev.flotilla.router.upstream.ModelCaller;
import dev.flotilla.router.upstream.RequestStories;
import dev.flotilla.router.upstream.ReviewService;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The parts of this package, put together. Without {@code learning} in the policy there are few.
 */
public final class ShadowParts implements AutoCloseable {
  private static final int JUDGEMENT_BYTES = 50_000;

  private final LessonBook book;
  private final FeedbackBook feedback;
  private final AuditBook audits;
  private final Routing routing;
  private final @Nullable Lessons lessons;

  private ShadowParts(
      LessonBook book,
      FeedbackBook feedback,
      AuditBook audits,
      Routing routing,
      @Nullable Lessons lessons) {
    this.book = book;
    this.feedback = feedback;
    this.audits = audits;
    this.routing = routing;
    this.lessons = lessons;
  }

  /**
   * Begins to follow what was learned.
   *
   * @param between two looks at what other routers learned
   * @throws ConfigurationException when something is to be learned and cannot be kept
   */
  public static ShadowParts open(Store store, Catalog catalog, Routing routing, Duration between) {
    var book = new LessonBook(store, catalog);
    Learning learning = routing.learning();
    if (learning != null && store.database().isEmpty()) {
      throw new ConfigurationException(
          "routing.yaml has learning, and what is learned is kept in PostgreSQL; set FLOTILLA_POSTGRES_URL (jdbc:postgresql://host:5432/database), or leave learning out");
    }
    return new ShadowParts(
        book,
        new FeedbackBook(store),
        new AuditBook(store),
        routing,
        learning == null ? null : Lessons.open(book, learning, between));
  }

  /** Which models are asked first for what they have shown. */
  public Promotions promotions() {
    return lessons == null ? Promotions.NONE : lessons;
  }

  /** Null when nothing is learned. */
  public @Nullable Shadows shadows(
      RoutePolicy policy, ModelCaller models, ReviewService reviews, MetricRegistry metrics) {
    Learning learning = routing.learning();
    if (learning == null || lessons == null) {
      return null;
    }
    var counted =
        new LabelledCounter(
            metrics,
            MetricNames.SHADOWS,
            "Requests that a second model was to answer, by what came of it",
            List.of("result"));
    return new Shadows(
        learning,
        book,
        lessons,
        policy,
        models,
        learning.judge() == Learning.Judge.REVIEW
            ? Judging.byReview(reviews)
            : Judging.byValidators(),
        learning.audits() ? audits : null,
        counted);
  }

  /**
   * @param stories tells whose a request was that somebody judges
   */
  public List<Door> doors(Store store, RequestStories stories) {
    var feedbackRoute = new FeedbackRoute(stories, feedback, new FeedbackLearning(routing, book));
    var learningRoute = new LearningRoute(routing.learning(), book, feedback);
    var auditsRoute = new AuditsRoute(audits);
    return List.of(
        new Door(
            "POST",
            "/v1/feedback",
            Role.ASKERS,
            JUDGEMENT_BYTES,
            "Tells how good an answer was, so that it is learned which models are good enough.",
            store.guarding(feedbackRoute::post)),
        new Door(
            "GET",
            "/v1/learning",
            Role.READERS,
            0,
            "Reports what was learned per task type, and what it saved.",
            store.guarding(learningRoute::get)),
        new Door(
            "GET",
            "/v1/learning/audits",
            Role.READERS,
            0,
            "Lists what audited answers showed of themselves, to calibrate confidence from.",
            store.guarding(auditsRoute::get)));
  }

  @Override
  public void close() {
    if (lessons != null) {
      lessons.close();
    }
  }
}
