package dev.flotilla.router.door;

import java.util.Locale;

/** What a key may do. */
public enum Role {
  /** Asks models. */
  CALLER,
  /** Reads costs of its own team. */
  VIEWER,
  /** Runs this installation. */
  ADMIN;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
