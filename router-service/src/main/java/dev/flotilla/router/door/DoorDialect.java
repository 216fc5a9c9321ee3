package dev.flotilla.router.door;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How the clients of a door expect to be spoken to, as far as the door itself speaks: before its
 * handler is asked, and when something goes wrong behind it.
 *
 * @param owner whose dialect it is, e.g. {@code OpenAI}
 * @param keyHeader where a key may stand instead of {@code authorization}; null for nowhere
 * @param requestIdHeader where the request's id is looked for beside {@code x-request-id}; null for
 *     nowhere
 * @param errors turns an error's body from OpenAI's shape into this one's
 */
public record DoorDialect(
    String owner,
    @Nullable String keyHeader,
    @Nullable String requestIdHeader,
    UnaryOperator<ObjectNode> errors) {
  public static final DoorDialect OPENAI =
      new DoorDialect("OpenAI", null, null, UnaryOperator.identity());

  /** The same, where a key may also stand in this header. */
  public DoorDialect withKeyIn(@Nullable String header) {
    return new DoorDialect(owner, header, requestIdHeader, errors);
  }
}
