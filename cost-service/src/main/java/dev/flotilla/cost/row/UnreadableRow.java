package dev.flotilla.cost.row;

/** Leaves the reading of one row; its sentence says what is wrong and what to write instead. */
public final class UnreadableRow extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final String sentence;

  public UnreadableRow(String sentence) {
    super(sentence, null, false, false);
    this.sentence = sentence;
  }

  public String sentence() {
    return sentence;
  }
}
