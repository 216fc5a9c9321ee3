package dev.flotilla.local.supervision;

/**
 * The fleet, or a part of it, could not be started. The message is for the person at the keyboard
 * and says what to do.
 */
public final class CannotStart extends RuntimeException {
  private static final long serialVersionUID = 1;

  public CannotStart(String message) {
    super(message);
  }

  public CannotStart(String message, Throwable cause) {
    super(message, cause);
  }
}
