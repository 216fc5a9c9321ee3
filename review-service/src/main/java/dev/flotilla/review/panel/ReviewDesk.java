package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.ulid.UlidCreator;
import dev.flotilla.review.aggregation.Aggregate;
import dev.flotilla.review.aggregation.Aggregation;
import dev.flotilla.review.reviewer.Assignment;
import dev.flotilla.review.reviewer.Bench;
import dev.flotilla.review.reviewer.Eligibility;
import dev.flotilla.review.reviewer.Errand;
import dev.flotilla.review.reviewer.Panel;
import dev.flotilla.review.reviewer.Seat;
import dev.flotilla.review.reviewer.Seating;
import dev.flotilla.review.verification.Artifact;
import dev.flotilla.review.verification.Verification;
import dev.flotilla.review.verification.Verified;
import java.util.List;

/** The path of a review, top to bottom. Start reading here. Thread-safe. */
public final class ReviewDesk {
  private final Eligibility eligibility;
  private final Panel panel;
  private final Reviews reviews;
  private final ReviewMetrics metrics;

  public ReviewDesk(Eligibility eligibility, Panel panel, Reviews reviews, ReviewMetrics metrics) {
    this.eligibility = eligibility;
    this.panel = panel;
    this.reviews = reviews;
    this.metrics = metrics;
  }

  ReviewOutcome review(ReviewRequest request, Errand errand) {
    return switch (eligibility.seat(
        request.policy(), request.reviewers(), request.authors(), errand.caller())) {
      case Seating.Refused refused -> new ReviewOutcome.NoPanel(refused);
      case Seating.Ready(Bench bench) ->
          new ReviewOutcome.Recorded(decided(request, bench, errand));
    };
  }

  private ObjectNode decided(ReviewRequest request, Bench bench, Errand errand) {
    String id = "rev_" + UlidCreator.getMonotonicUlid();
    // Before anything is spent: what cannot be recorded is not begun.
    reviews.begin(id, request, errand);
    Assignment assignment = request.assignment();
    var artifact = new Artifact(assignment.type(), assignment.artifact());
    // Beside the panel: neither waits for the other, and no reviewer is told what was verified.
    Verification verification = Verification.of(request.verify(), artifact, errand.deadline());
    List<Seat> seats = panel.ask(bench, assignment, errand);
    List<Verified> verified = verification.results();
    Aggregate aggregate = Aggregation.of(request.policy(), seats);
    ObjectNode review = reviews.record(id, request, errand, seats, verified, aggregate);
    metrics.decided(request.policy(), aggregate.decision());
    return review;
  }
}
