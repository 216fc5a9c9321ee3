package dev.flotilla.pipelines.expression;

/** What is written is no expression in CEL; the message says where and why. */
public final class BadExpression extends Exception {
  private static final long serialVersionUID = 1;

  BadExpression(String message) {
    super(message, null, false, false);
  }
}
