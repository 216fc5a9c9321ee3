package dev.flotilla.review.verification;

/** Where something stands, as people count. */
final class Lines {
  private Lines() {}

  /** The line of a place in a text; the first is 1. */
  static long of(String text, int place) {
    return 1 + text.substring(0, place).chars().filter(each -> each == '\n').count();
  }
}
