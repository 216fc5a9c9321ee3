package dev.flotilla.router.chat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.json.Json;

/**
 * Says one answer as events, each as it goes over the wire; no bytes say nothing. A stream that
 * breaks off never comes to {@link #end}. One thread at a time.
 */
public interface StreamWording {
  /**
   * A piece of the answer.
   *
   * @param data the chunk as it came
   * @param chunk the same, read
   */
  byte[] chunk(String data, ObjectNode chunk);

  /** Nothing new, but the answer is still being written. */
  byte[] keepAlive();

  /**
   * The answer is complete.
   *
   * @param usage a chunk without choices, with {@code usage.cost} and, unless the caller does not
   *     want it, {@code route}; of {@code usage} there may be no more than that
   */
  byte[] end(ObjectNode usage);

  /**
   * The answer broke off, or turned out not to be one. Nothing comes after it.
   *
   * @param error as the door's dialect says it
   */
  default byte[] broken(ObjectNode error) {
    return SseEvent.named("error", Json.text(error)).bytes();
  }
}
