package dev.flotilla.router.pipeline.runner;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How far a run came this time. */
public sealed interface Progress {
  /**
   * To its end.
   *
   * @param output JSON
   */
  record Completed(String output) implements Progress {}

  /** It cannot go on; what was finished stays readable. */
  record Failed(ObjectNode error) implements Progress {}

  /** Its time is over. */
  record Expired(ObjectNode error) implements Progress {}

  /** Somebody wanted it to end. */
  record Cancelled() implements Progress {}

  /**
   * It waits, and holds nothing meanwhile.
   *
   * @param until when it looks by itself
   * @param waitingFor as callers are told; null when it waits for a moment only
   */
  record Resting(Instant until, @Nullable String waitingFor) implements Progress {}

  /** This process is leaving; another one goes on at once. */
  record HandedOver() implements Progress {}
}
