package dev.flotilla.router.door;

import java.util.Locale;

/** What a key may do. */
public enum Role {
  /** Asks models. */
  CALLER,
  /** Reads costs of its own team. */
  VIEWER,
  /** Decides for its own team what machines cannot. */
  REVIEWER,
  /** Runs this installation. */
  ADMIN;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
