package dev.flotilla.review.panel;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.postgres.DatabaseAwayException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/** What reviews are measured by. Its series are there from the start. */
@ApplicationScoped
class ReviewMetrics {
  /** Belongs into {@code MetricNames} with its next change. */
  private final Reviews reviews;

  @Inject
  ReviewMetrics(Reviews reviews, MetricRegistry registry) {
    this.reviews = reviews;
    registry.gauge(
        Metadata.builder()
            .withName(MetricNames.REVIEW_QUEUE_OLDEST)
            .withDescription("Age of the oldest review that waits for a person")
            .withUnit("seconds")
            .build(),
        this::queueOldestSeconds,
        new Tag("queue", "default"));
  }

  /** Makes the series at start instead of at the first review. */
  void appear(@Observes @Initialized(ApplicationScoped.class) Object start) {}

  private double queueOldestSeconds() {
    try {
      return reviews.oldestWaitingSeconds();
    } catch (DatabaseAwayException e) {
      // Not 0: an empty queue and an unknown one are different things.
      return Double.NaN;
    }
  }
}
