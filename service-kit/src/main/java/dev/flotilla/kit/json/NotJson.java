package dev.flotilla.kit.json;

/**
 * What was read is not the JSON that was expected; the message is safe to show and quotes nothing
 * of the content.
 */
public final class NotJson extends Exception {
  private static final long serialVersionUID = 1;

  NotJson(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
