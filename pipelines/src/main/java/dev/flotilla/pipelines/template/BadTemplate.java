package dev.flotilla.pipelines.template;

/** What is written is no template; the message says why. */
public final class BadTemplate extends Exception {
  private static final long serialVersionUID = 1;

  private final int line;

  BadTemplate(String message, int line) {
    super(message, null, false, false);
    this.line = line;
  }

  /** Where in the template, from 1; 0 when it is not known. */
  public int line() {
    return line;
  }
}
