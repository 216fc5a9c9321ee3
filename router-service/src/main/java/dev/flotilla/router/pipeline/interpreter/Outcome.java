package dev.flotilla.router.pipeline.interpreter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.router.pipeline.journal.Ended.ModelAnswer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of one try of an action. */
sealed interface Outcome {
  /** What was paid, or may have been. */
  List<AttemptReport> calls();

  /** There is an output, and it is as it must be. */
  record Done(JsonNode output, @Nullable ModelAnswer answer, List<AttemptReport> calls)
      implements Outcome {}

  /**
   * There is one, and it is not.
   *
   * @param broken at least one
   */
  record Invalid(List<String> broken, @Nullable ModelAnswer answer, List<AttemptReport> calls)
      implements Outcome {}

  /**
   * There is none.
   *
   * @param again whether another try may do better
   */
  record Failed(ObjectNode error, boolean again, List<AttemptReport> calls) implements Outcome {}

  /** Nobody knows: it may have been done, and paid. */
  record Unknown(ObjectNode error, List<AttemptReport> calls) implements Outcome {}

  /** It was too soon, which is nobody's failure. */
  record TooSoon(ObjectNode error, Duration pause, List<AttemptReport> calls) implements Outcome {}
}
