package dev.flotilla.review.reviewer;

import java.time.Duration;
import java.util.List;

/**
 * One seat of a panel after its reviewer was asked.
 *
 * @param id {@code reviewer_1}…, in the shuffled order of the panel
 * @param model who sat there at the end
 * @param family of that model
 * @param standsInFor models that sat there before and failed, with what happened
 * @param spending all of them together
 * @param duration all of them together
 */
public record Seat(
    String id,
    String model,
    String family,
    List<String> standsInFor,
    Ballot ballot,
    Spending spending,
    Duration duration) {
  public Seat {
    standsInFor = List.copyOf(standsInFor);
  }
}
