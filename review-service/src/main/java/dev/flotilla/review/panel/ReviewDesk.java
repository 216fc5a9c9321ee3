package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.judgement.Check;
import dev.flotilla.review.aggregation.Aggregate;
import dev.flotilla.review.aggregation.Aggregation;
import dev.flotilla.review.policy.Policies;
import dev.flotilla.review.reviewer.Assignment;
import dev.flotilla.review.reviewer.Bench;
import dev.flotilla.review.reviewer.Eligibility;
import dev.flotilla.review.reviewer.Errand;
import dev.flotilla.review.reviewer.Panel;
import dev.flotilla.review.reviewer.Reviser;
import dev.flotilla.review.reviewer.Seat;
import dev.flotilla.review.reviewer.Seating;
import dev.flotilla.review.verification.Artifact;
import dev.flotilla.review.verification.Verification;
import dev.flotilla.review.verification.Verifiers;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The path of a review, top to bottom. Start reading here. Thread-safe. */
public final class ReviewDesk {
  private static final System.Logger LOG = System.getLogger(ReviewDesk.class.getName());

  /** Something is wrong with a panel that so many could not bring to an end. */
  private static final int MOST_TRIES = 5;

  private final Eligibility eligibility;
  private final Panel panel;
  private final Reviews reviews;
  private final Sittings sittings;
  private final SittingRecord record;
  private final Revision revision;
  private final ReviewMetrics metrics;

  public ReviewDesk(
      Eligibility eligibility,
      Policies policies,
      Verifiers verifiers,
      Panel panel,
      Reviser reviser,
      Reviews reviews,
      Sittings sittings,
      ReviewMetrics metrics) {
    this.eligibility = eligibility;
    this.panel = panel;
    this.reviews = reviews;
    this.sittings = sittings;
    this.record = new SittingRecord(policies, verifiers, eligibility);
    this.revision = new Revision(eligibility, reviser);
    this.metrics = metrics;
  }

  /**
   * Has it reviewed.
   *
   * @param key asked under it before, the same is not begun again; null when the caller gave none
   * @param waits whether the caller waits for the decision, until the errand's deadline
   */
  ReviewOutcome review(ReviewRequest request, Errand errand, @Nullable String key, boolean waits) {
    return switch (eligibility.seat(
        request.policy(), request.reviewers(), request.authors(), errand.caller())) {
      case Seating.Refused refused -> new ReviewOutcome.NoPanel(refused);
      case Seating.Ready(Bench bench) -> begun(Sitting.first(request, errand, bench), key, waits);
    };
  }

  private ReviewOutcome begun(Sitting sitting, @Nullable String key, boolean waits) {
    String team = sitting.errand().caller().team();
    // Before anything is spent: what cannot be recorded is not begun.
    return switch (reviews.begin(sitting, key)) {
      case Begun.Fresh() when waits -> new ReviewOutcome.Recorded(decided(sitting));
      case Begun.Fresh() -> {
        Thread.ofVirtual().name(sitting.reviewId()).start(() -> decidedForNobody(sitting));
        yield new ReviewOutcome.Accepted(reviews.known(team, sitting.reviewId()));
      }
      case Begun.Known(String id) when waits -> {
        ObjectNode review = reviews.awaitReported(team, id, sitting.errand().deadline());
        yield Reviews.isReported(review)
            ? new ReviewOutcome.Recorded(review)
            : new ReviewOutcome.Accepted(review);
      }
      case Begun.Known(String id) -> new ReviewOutcome.Accepted(reviews.known(team, id));
      case Begun.Taken(String id) -> new ReviewOutcome.KeyTaken(id);
    };
  }

  /** Goes on with a panel whose instance is gone. */
  void goOn(Sittings.Left left) {
    Optional<Sitting> sitting = record.read(left.reviewId(), left.asked(), left.filled());
    if (sitting.isEmpty() || left.tries() > MOST_TRIES) {
      LOG.log(Level.ERROR, "{0} is given up, after {1} tries", left.reviewId(), left.tries() - 1);
      sittings.giveUp(left.reviewId());
    } else {
      decidedForNobody(sitting.get());
    }
  }

  /** Nobody waits who could be told that it went wrong. */
  private void decidedForNobody(Sitting sitting) {
    try {
      decided(sitting);
    } catch (RuntimeException e) {
      // Held no more after a while, and then tried again by whoever finds it.
      LOG.log(Level.ERROR, sitting.reviewId() + " was not brought to an end", e);
    }
  }

  private ObjectNode decided(Sitting sitting) {
    sittings.enter(sitting.reviewId());
    try {
      return recorded(sitting);
    } finally {
      sittings.leave(sitting.reviewId());
    }
  }

  /** Round after round, until what is decided holds. */
  private ObjectNode recorded(Sitting begun) {
    Sitting sitting = begun;
    while (true) {
      Round round = round(sitting);
      Optional<Sitting> next = revision.after(sitting, round.seats(), round.aggregate());
      if (next.isEmpty()) {
        return kept(sitting, round);
      }
      sitting = next.get();
      sittings.goesOn(sitting);
    }
  }

  /** What a panel said of one version, and what the policy makes of it. */
  private record Round(List<Seat> seats, Aggregate aggregate) {}

  private Round round(Sitting sitting) {
    ReviewRequest request = sitting.request();
    Assignment assignment = request.assignment();
    var artifact = new Artifact(assignment.type(), assignment.artifact());
    // Beside the panel: neither waits for the other, and no reviewer is told what was verified.
    Verification verification =
        Verification.of(request.verify().verifiers(), artifact, sitting.errand().deadline());
    List<Seat> seats =
        panel.ask(
            sitting.bench(),
            assignment,
            sitting.errand(),
            sitting.filled(),
            seat -> sittings.filled(sitting.reviewId(), seat));
    List<Check> checks =
        verification.results().stream()
            .map(found -> new Check(found.name(), found.passed(), found.detail()))
            .toList();
    return new Round(seats, Aggregation.of(request.policy(), seats, checks, request.risk()));
  }

  private ObjectNode kept(Sitting sitting, Round round) {
    Optional<ObjectNode> review = reviews.record(sitting, round.seats(), round.aggregate());
    if (review.isPresent()) {
      metrics.decided(sitting.request().policy(), round.aggregate().decision());
      return review.get();
    }
    return reviews.known(sitting.errand().caller().team(), sitting.reviewId());
  }
}
