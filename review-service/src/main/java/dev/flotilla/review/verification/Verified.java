package dev.flotilla.review.verification;

/**
 * What one verifier found.
 *
 * @param name of the verifier
 * @param passed false also when it could not be found out
 * @param detail why; safe to show to whoever may see the artifact
 */
public record Verified(String name, boolean passed, String detail) {
  private static final int LONGEST = 4_000;

  public Verified {
    if (detail.length() > LONGEST) {
      detail = detail.substring(0, LONGEST) + "…";
    }
  }
}
