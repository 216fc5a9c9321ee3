package dev.flotilla.review.policy;

/**
 * How often an artifact may be revised and reviewed again.
 *
 * @param most rounds in all, at least 1; 1 is no revision
 */
public record Rounds(int most, Panel panel) {
  /** For policies that say nothing about it. */
  public static final Rounds ONE = new Rounds(1, Panel.SAME);

  /** Who reviews what was revised. */
  public enum Panel {
    SAME,
    FRESH
  }
}
