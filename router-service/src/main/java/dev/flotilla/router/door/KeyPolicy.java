package dev.flotilla.router.door;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * What a key's entry in the key file says beside whose it is.
 *
 * @param requestsPerMinute null is no limit
 * @param tokensPerMinute null is no limit
 * @param route hints for every request of this key, in the shape of a request's {@code route}; a
 *     request's own hints win. Empty when there are none; nobody changes it
 */
public record KeyPolicy(
    @Nullable Long requestsPerMinute, @Nullable Long tokensPerMinute, ObjectNode route) {
  /** No limit and no hint. */
  public static final KeyPolicy NONE = new KeyPolicy(null, null, Json.object());
}
