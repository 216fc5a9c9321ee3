package dev.flotilla.pipelines.definition;

import java.util.List;

/**
 * A message to a model.
 *
 * @param role {@code system}, {@code user} or {@code assistant}
 * @param parts at least one
 */
public record Message(String role, List<Part> parts) {
  public Message {
    parts = List.copyOf(parts);
  }
}
