package dev.flotilla.router.flight;

/** How a flight ended for those who waited for it. */
sealed interface Ending<T> {
  record Landed<T>(T answer) implements Ending<T> {}

  record Failed<T>(String mark) implements Ending<T> {}

  /** There is an answer, but it is for nobody else. */
  record NotShared<T>() implements Ending<T> {}

  /** Whoever led is gone without a word: one of those who wait takes over. */
  record Abandoned<T>() implements Ending<T> {}
}
