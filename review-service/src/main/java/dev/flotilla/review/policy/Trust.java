package dev.flotilla.review.policy;

import dev.flotilla.judgement.finding.Severity;

/**
 * How often a reviewer is right, each from 0 to less than 1.
 *
 * @param vote its verdicts
 * @param blocker its findings of this severity; likewise the others
 */
public record Trust(double vote, double blocker, double major, double minor) {
  /** For policies that say nothing about it. */
  public static final Trust USUAL = new Trust(0.7, 0.5, 0.35, 0.25);

  /** Of its findings of a severity. */
  public double in(Severity severity) {
    return switch (severity) {
      case BLOCKER -> blocker;
      case MAJOR -> major;
      case MINOR -> minor;
    };
  }
}
