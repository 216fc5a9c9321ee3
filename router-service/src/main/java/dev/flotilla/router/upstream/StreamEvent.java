package dev.flotilla.router.upstream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.AttemptReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What comes next in an answer's stream. */
public sealed interface StreamEvent {
  /** A piece of the answer, forwarded as it is. */
  record Chunk(String data, ObjectNode body) implements StreamEvent {}

  /** Nothing new, but the provider is still working. */
  record KeepAlive() implements StreamEvent {}

  /**
   * The answer is complete.
   *
   * @param usage the chunk with the usage; null when there was none
   */
  record Finished(@Nullable ObjectNode usage, List<AttemptReport> attempts)
      implements StreamEvent {}

  /** The answer will never be complete. */
  record Broken(String reason, String message, List<AttemptReport> attempts)
      implements StreamEvent {}
}
