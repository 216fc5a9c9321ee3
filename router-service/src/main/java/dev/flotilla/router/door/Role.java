package dev.flotilla.router.door;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a key may do. */
public enum Role {
  /** Asks models. */
  CALLER,
  /** Reads costs of its own team. */
  VIEWER,
  /** Decides for its own team what machines cannot. */
  REVIEWER,
  /** Watches over this installation, and takes out of the choice what fails. */
  OPERATOR,
  /** Runs this installation. */
  ADMIN;

  /** What may stand in a key's {@code roles}. */
  public static final Set<String> WORDS =
      Stream.concat(Stream.of(values()).map(Role::word), Stream.of("operator"))
          .collect(Collectors.toUnmodifiableSet());

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
