package dev.flotilla.pipelines.definition;

/** What happens to an attempt of which nobody knows how it ended. */
public enum OnUnknown {
  /** It is made again, with the same idempotency key. */
  RETRY,
  /** A person is asked. */
  ASK,
  /** The step fails. */
  FAIL
}
