package dev.flotilla.kit.webhook;

/** Nobody of that name is told anything; the message says who is. */
public final class UnknownTarget extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnknownTarget(String message) {
    super(message);
  }
}
