package dev.flotilla.learning.shadow;

/** What is held of a cheaper model. */
public enum Standing {
  /** The evidence is not enough either way; shadows go on. */
  UNKNOWN,
  /** Good enough; some requests still go to both, so that a change is noticed. */
  PROMOTED,
  /** Not good enough; nothing more is spent on finding out. */
  REJECTED
}
