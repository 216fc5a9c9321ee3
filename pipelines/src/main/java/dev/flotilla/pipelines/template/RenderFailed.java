package dev.flotilla.pipelines.template;

/**
 * A template cannot be filled in with what it was given: something it names is missing, or the text
 * would be too long. The message is safe to show.
 */
public final class RenderFailed extends Exception {
  private static final long serialVersionUID = 1;

  RenderFailed(String message) {
    super(message, null, false, false);
  }
}
