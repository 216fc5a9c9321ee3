package dev.flotilla.review.panel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.review.aggregation.Aggregate;
import dev.flotilla.review.reviewer.Bench;
import dev.flotilla.review.reviewer.Errand;
import dev.flotilla.review.reviewer.Reviser.Revised;
import dev.flotilla.review.reviewer.Seat;
import dev.flotilla.review.reviewer.Spending;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A panel that is being asked.
 *
 * @param round from 1
 * @param earlier what became of the rounds before, as the API shows it
 * @param spent in the rounds before and for revisions
 * @param filled seats that have voted or abstained already, by id; empty at the beginning
 */
record Sitting(
    String reviewId,
    ReviewRequest request,
    Errand errand,
    Bench bench,
    int round,
    List<ObjectNode> earlier,
    Spending spent,
    Map<String, Seat> filled) {
  Sitting {
    earlier = List.copyOf(earlier);
    filled = Map.copyOf(filled);
  }

  /** The first round. */
  static Sitting first(ReviewRequest request, Errand errand, Bench bench) {
    return new Sitting(errand.key(), request, errand, bench, 1, List.of(), Spending.NONE, Map.of());
  }

  /** The next round, about a new version. */
  Sitting next(Revised version, Bench panel, List<Seat> seats, Aggregate aggregate) {
    int next = round + 1;
    return new Sitting(
        reviewId,
        request.about(Revision.revised(request.assignment(), version.artifact())),
        errand.under(reviewId + "/round" + next),
        panel,
        next,
        Stream.concat(earlier.stream(), Stream.of(ReviewJson.round(round, seats, aggregate)))
            .toList(),
        seats.stream().map(Seat::spending).reduce(spent.plus(version.spending()), Spending::plus),
        Map.of());
  }
}
