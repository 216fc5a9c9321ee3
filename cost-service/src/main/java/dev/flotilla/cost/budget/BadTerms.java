package dev.flotilla.cost.budget;

/** What is written of a budget makes no sense. */
final class BadTerms extends Exception {
  private static final long serialVersionUID = 1;

  private final String field;
  private final String sentence;

  BadTerms(String field, String sentence) {
    super(sentence);
    this.field = field;
    this.sentence = sentence;
  }

  /** Which word of it. */
  String field() {
    return field;
  }

  /** What is wrong with it and what to write instead. */
  String sentence() {
    return sentence;
  }
}
