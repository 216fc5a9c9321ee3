package dev.flotilla.provider.spool;

/** Whether a paid attempt may begin. */
public sealed interface IntentResult {
  /** It is written down; the money may leave. */
  record Written() implements IntentResult {}

  /**
   * It could not be written down, so nothing may be sent.
   *
   * @param why safe to show
   */
  record Refused(String why) implements IntentResult {}
}
