package dev.flotilla.router.door;

import java.util.Set;

/**
 * One way in.
 *
 * @param path as OpenAPI writes it; {@code /*} at its end admits everything below
 * @param roles a key needs one of these
 * @param maxBytes longest body in bytes; 0 admits none
 * @param summary one sentence for the API's documentation
 */
public record Door(
    String method,
    String path,
    Set<Role> roles,
    int maxBytes,
    String summary,
    DoorHandler handler) {
  public Door {
    roles = Set.copyOf(roles);
  }
}
