package dev.flotilla.review.verification;

/**
 * What is verified.
 *
 * @param type {@code text}, {@code json}, {@code diff} or {@code code}
 */
public record Artifact(String type, String content) {
  /** Without the content, which must not get into a log by accident. */
  @Override
  public String toString() {
    return "Artifact[" + type + ", " + content.length() + " characters]";
  }
}
