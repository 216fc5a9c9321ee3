package dev.flotilla.provider.spool;

/**
 * What the spool does to the disk, one after the other; between any two of them it may be killed.
 */
enum Step {
  BEGIN_SEGMENT,
  APPEND,
  FORCE,
  ACKNOWLEDGE,
  DELETE_SEGMENT;

  /** Is told of each step just before it is taken, while the spool's lock may be held. */
  interface Watch {
    Watch NOBODY = step -> {};

    void before(Step step);
  }
}
