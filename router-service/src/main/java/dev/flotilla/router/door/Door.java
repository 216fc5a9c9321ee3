package dev.flotilla.router.door;

import java.util.Set;

/**
 * One way in.
 *
 * @param path as OpenAPI writes it; {@code {name}} stands for one part of it, and {@code /*} at its
 *     end admits everything below
 * @param roles a key needs one of these; none for a page, which is open to everybody and sees to it
 *     itself who comes
 * @param maxBytes longest body in bytes; 0 admits none
 * @param summary one sentence for the API's documentation
 * @param dialect what its clients speak
 */
public record Door(
    String method,
    String path,
    Set<Role> roles,
    int maxBytes,
    String summary,
    DoorDialect dialect,
    DoorHandler handler) {
  public Door {
    roles = Set.copyOf(roles);
  }

  /** A door for clients that speak OpenAI's dialect. */
  public Door(
      String method,
      String path,
      Set<Role> roles,
      int maxBytes,
      String summary,
      DoorHandler handler) {
    this(method, path, roles, maxBytes, summary, DoorDialect.OPENAI, handler);
  }

  /** A door to pages for people: whoever comes has no key in his hand. It is no part of the API. */
  public static Door open(
      String method, String path, int maxBytes, String summary, DoorHandler handler) {
    return new Door(method, path, Set.of(), maxBytes, summary, handler);
  }

  boolean isOpen() {
    return roles.isEmpty();
  }
}
