package dev.flotilla.review.reviewer;

import dev.flotilla.catalog.Model;
import dev.flotilla.kit.log.Correlation;
import dev.flotilla.kit.telemetry.Tracing;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Asks all reviewers at once; none learns of another. Thread-safe. */
public final class Panel {
  private final Reviewer reviewer;

  public Panel(ModelCaller models, Prompt prompt, Tracing tracing) {
    this.reviewer = new Reviewer(models, prompt, tracing);
  }

  /**
   * Returns when every seat has voted or abstained, at the errand's deadline at the latest.
   *
   * @param filled seats that are not asked again, by id
   * @param whenFilled told of each other seat, as soon as it has voted or abstained
   */
  public List<Seat> ask(
      Bench bench,
      Assignment assignment,
      Errand errand,
      Map<String, Seat> filled,
      Consumer<Seat> whenFilled) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var seats = new ArrayList<Future<Seat>>();
      for (Model model : bench.seated()) {
        String id = seatId(seats.size());
        Seat known = filled.get(id);
        seats.add(
            threads.submit(
                () -> {
                  Seat seat =
                      known == null ? correlated(id, model, bench, assignment, errand) : known;
                  if (known == null) {
                    whenFilled.accept(seat);
                  }
                  return seat;
                }));
      }
      var asked = new ArrayList<Seat>();
      for (Future<Seat> seat : seats) {
        asked.add(seat.get());
      }
      return asked;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a reviewer could not be asked", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the review was given up", e);
    }
  }

  /**
   * @param index from 0
   */
  static String seatId(int index) {
    return "reviewer_" + (index + 1);
  }

  private Seat correlated(
      String id, Model model, Bench bench, Assignment assignment, Errand errand) {
    String trace = Span.fromContext(errand.trace()).getSpanContext().getTraceId();
    return ScopedValue.where(Correlation.CURRENT, new Correlation(errand.requestId(), trace))
        .call(() -> fill(id, model, bench, assignment, errand));
  }

  /** Asks one after the other until somebody votes, or nobody who is independent is left. */
  private Seat fill(String id, Model first, Bench bench, Assignment assignment, Errand errand) {
    long start = System.nanoTime();
    var failed = new ArrayList<String>();
    Spending spending = Spending.NONE;
    Model model = first;
    while (true) {
      Reviewer.Turn turn = reviewer.review(model, assignment, errand);
      spending = spending.plus(turn.spending());
      Optional<Model> next =
          turn.replaceable() && !errand.deadline().passed()
              ? bench.standInFor(model)
              : Optional.empty();
      if (next.isEmpty()) {
        Duration duration = Duration.ofNanos(System.nanoTime() - start);
        return new Seat(id, model.id(), model.family(), failed, turn.ballot(), spending, duration);
      }
      if (turn.ballot() instanceof Ballot.Abstained(String reason, String message)) {
        failed.add(model.id() + " (" + reason + ")");
      }
      model = next.get();
    }
  }
}
