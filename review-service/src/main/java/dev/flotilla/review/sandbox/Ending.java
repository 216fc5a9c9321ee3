package dev.flotilla.review.sandbox;

/** How a command ended. */
public sealed interface Ending {
  /**
   * By itself, or by a signal, which is its status less 128.
   *
   * @param output of stdout and stderr, in the order it came
   */
  record Exited(int status, String output) implements Ending {}

  /**
   * It was stopped because it took more than it may.
   *
   * @param why which limit, as a sentence without a full stop
   */
  record Stopped(String why, String output) implements Ending {}

  /** It was never started: the room could not be closed, or nobody waits any more. */
  record NotStarted(String why) implements Ending {}
}
