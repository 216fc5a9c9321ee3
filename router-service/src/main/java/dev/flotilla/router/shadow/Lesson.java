package dev.flotilla.router.shadow;

import dev.flotilla.catalog.Model;
import dev.flotilla.learning.shadow.Evidence;
import dev.flotilla.router.exchange.TaskType;
import java.time.Instant;

/**
 * What is known of one cheaper model for one kind of work.
 *
 * @param since when its standing changed last
 * @param shadows requests that both answered, in all
 * @param candidateQuality sum over them, 0 to 1 each
 * @param referenceQuality the same of the model it is compared with
 * @param shadowNanos what finding out cost, nano-dollars
 * @param requests answered by it because it was promoted
 * @param savedNanos what these would have cost more from the other model, nano-dollars
 */
public record Lesson(
    TaskType type,
    Model candidate,
    Evidence evidence,
    Instant since,
    long shadows,
    double candidateQuality,
    double referenceQuality,
    long shadowNanos,
    long requests,
    long savedNanos) {

  /** What it saved beyond what finding out cost, nano-dollars. */
  long netNanos() {
    return Math.subtractExact(savedNanos, shadowNanos);
  }
}
