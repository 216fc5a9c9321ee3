package dev.flotilla.router.pipeline.journal;

import java.util.Locale;

/** How a try of a step stands. */
public enum AttemptState {
  /** It is being made, or whoever made it is gone. */
  STARTED,
  /** Its output is there, and it is never made again. */
  DONE,
  /** It is known to have failed. */
  FAILED,
  /** Whoever made it is gone: it may have been paid. */
  UNKNOWN,
  /** The step's condition did not hold. */
  SKIPPED,
  /** A person is asked. */
  WAITING,
  /** It was too soon; it counts as no try. */
  PARKED,
  /** The run was told to make it again, or it was late and a later one counts. */
  SUPERSEDED;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static AttemptState of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
