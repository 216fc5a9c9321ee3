package dev.flotilla.review.panel;

import dev.flotilla.contracts.telemetry.MetricNames;
import dev.flotilla.kit.metrics.LabelledCounter;
import dev.flotilla.kit.postgres.DatabaseAwayException;
import dev.flotilla.review.aggregation.Decision;
import dev.flotilla.review.people.Questions;
import dev.flotilla.review.policy.Policies;
import dev.flotilla.review.policy.Policy;
import dev.flotilla.review.reviewer.Verdict;
import java.util.List;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/** What reviews are measured by. Its series are there from the start. Thread-safe. */
public final class ReviewMetrics {
  private static final String BY_POLICY = "policy";
  private static final String ESCALATE = "escalate";

  private final Questions questions;
  private final LabelledCounter decisions;

  public ReviewMetrics(Questions questions, Policies policies, MetricRegistry registry) {
    this.questions = questions;
    this.decisions =
        new LabelledCounter(
            registry,
            MetricNames.REVIEW_DECISIONS,
            "Decisions of reviews; escalate hands one to a person",
            List.of("policy", "decision", "decided_by"));
    for (Policy policy : policies.all()) {
      decisions.of(policy.name(), ESCALATE, BY_POLICY);
      for (Verdict verdict : Verdict.values()) {
        decisions.of(policy.name(), verdict.word(), BY_POLICY);
      }
    }
    registry.gauge(
        Metadata.builder()
            .withName(MetricNames.REVIEW_QUEUE_OLDEST)
            .withDescription("Age of the oldest question that waits for a person")
            .withUnit("seconds")
            .build(),
        this::queueOldestSeconds,
        new Tag("queue", "default"));
  }

  void decided(Policy policy, Decision decision) {
    String word =
        switch (decision) {
          case Decision.Decided(Verdict verdict) -> verdict.word();
          case Decision.Escalated escalated -> ESCALATE;
        };
    decisions.of(policy.name(), word, BY_POLICY).inc();
  }

  private double queueOldestSeconds() {
    try {
      return questions.oldestWaitingSeconds();
    } catch (DatabaseAwayException e) {
      // Not 0: an empty queue and an unknown one are different things.
      return Double.NaN;
    }
  }
}
