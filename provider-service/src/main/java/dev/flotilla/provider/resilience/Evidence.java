package dev.flotilla.provider.resilience;

/** What the end of an attempt says about the health of the model it went to. */
public enum Evidence {
  /** It answered. */
  HEALTHY,

  /** It answered with something that is no answer: half a failure. */
  HALF_SICK,

  /** It failed, or its answer broke off. */
  SICK,

  /** It did not answer in time. A failure only when it had been given enough. */
  SLOW,

  /** It could not be reached at all. */
  UNREACHABLE,

  /** Its provider does not know it, here or with this key: asking again at once is of no use. */
  GONE,

  /**
   * Nothing: the caller was wrong or has left, the limit was ours, or no provider was asked after
   * all.
   */
  NONE
}
