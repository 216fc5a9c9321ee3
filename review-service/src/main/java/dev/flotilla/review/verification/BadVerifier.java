package dev.flotilla.review.verification;

/**
 * A verifier that cannot be asked for like that; the message says what was found and what to write.
 */
public final class BadVerifier extends Exception {
  private static final long serialVersionUID = 1;

  BadVerifier(String message) {
    super(message);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
