package dev.flotilla.review.people;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person is asked to decide.
 *
 * @param id chosen by who asks: the same id is the same question
 * @param queue where people of this kind look
 * @param show what they see, by name
 * @param decisions the words they may answer with, at least one
 * @param deadline from then on the answer is {@code onTimeout}
 * @param onTimeout any word, also one that people may not choose
 * @param runId of the run that waits; null when none does
 * @param step of that run; null when none waits
 * @param reviewId of the review that waits; null when none does
 */
public record Question(
    String id,
    String team,
    String queue,
    String title,
    ObjectNode show,
    List<String> decisions,
    Instant deadline,
    String onTimeout,
    @Nullable String runId,
    @Nullable String step,
    @Nullable String reviewId) {
  public Question {
    decisions = List.copyOf(decisions);
  }
}
