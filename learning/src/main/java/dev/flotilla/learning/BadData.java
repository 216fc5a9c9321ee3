package dev.flotilla.learning;

/** A file that is not what it should be; the message names the line and what to write instead. */
public final class BadData extends Exception {
  private static final long serialVersionUID = 1;

  public BadData(String message) {
    super(message);
  }
}
