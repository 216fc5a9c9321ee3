package dev.flotilla.router.console.api;

/** The API does not know the visitor's key, or not any more. */
public final class Unknown extends RuntimeException {
  private static final long serialVersionUID = 1;

  Unknown(String message) {
    super(message);
  }
}
