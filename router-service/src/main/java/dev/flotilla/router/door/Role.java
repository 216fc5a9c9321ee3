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

  /** Who spends. */
  public static final Set<Role> ASKERS = Set.of(CALLER);

  /** Who sees what was spent and done. */
  public static final Set<Role> READERS = Set.of(CALLER, VIEWER, ADMIN);

  public static final Set<Role> REVIEWERS = Set.of(REVIEWER);

  /** Who may be asked, or see what was decided. */
  public static final Set<Role> PEOPLE = Set.of(CALLER, REVIEWER, ADMIN);

  public static final Set<Role> OPERATORS = Set.of(OPERATOR, ADMIN);
  public static final Set<Role> ADMINS = Set.of(ADMIN);
  public static final Set<Role> ANYBODY = Set.of(values());

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
