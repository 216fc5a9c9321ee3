package dev.flotilla.kit.backup;

/** A backup does not fit the database it was meant for; nothing was changed. */
public final class NotRestored extends Exception {
  private static final long serialVersionUID = 1;

  NotRestored(String message) {
    super(message);
  }
}
