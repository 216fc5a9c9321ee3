package dev.flotilla.router.flight;

/**
 * How a request goes on.
 *
 * @param <T> an answer
 */
public sealed interface Boarding<T> {
  /** It is the one that asks; others wait for it until the flight is closed. */
  record Lead<T>(Flight<T> flight) implements Boarding<T> {}

  /**
   * Somebody else asked the same and has an answer. It is shared: whoever writes into it writes
   * into others' answers.
   */
  record Landed<T>(T answer) implements Boarding<T> {}

  /** Somebody else asked the same and failed a moment ago; {@code mark} is what they left. */
  record JustFailed<T>(String mark) implements Boarding<T> {}

  /**
   * There is nobody to wait for, or no time left: ask for yourself, or give up if the deadline has
   * passed.
   */
  record Alone<T>() implements Boarding<T> {}
}
