package dev.flotilla.pipelines.schema;

/** What is written is no JSON Schema that can be used; the message says why. */
public final class BadSchema extends Exception {
  private static final long serialVersionUID = 1;

  private final String suggestion;

  BadSchema(String message, String suggestion) {
    super(message, null, false, false);
    this.suggestion = suggestion;
  }

  /** What to write instead. */
  public String suggestion() {
    return suggestion;
  }
}
