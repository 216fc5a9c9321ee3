package dev.flotilla.pipelines.expression;

/**
 * An expression has no value for what it was given: a field is missing, or kinds do not fit. The
 * message names the expression and is safe to show.
 */
public final class EvaluationFailed extends Exception {
  private static final long serialVersionUID = 1;

  EvaluationFailed(String message) {
    super(message, null, false, false);
  }
}
