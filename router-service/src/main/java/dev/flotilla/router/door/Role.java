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
  /** Watches over this installation, and takes out of the choice what fails. */
  OPERATOR,
  /** Runs this installation. */
  ADMIN;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
