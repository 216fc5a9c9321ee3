package dev.flotilla.pipelines.schema;

/**
 * Text that can be looked at only so often. A regular expression with nested repetitions may try
 * exponentially many ways; both the expression and the text come from outside, so somebody has to
 * stop it.
 */
final class PatientText implements CharSequence {
  /** Some milliseconds' worth. */
  private static final int LOOKS = 2_000_000;

  /** The text was looked at too often. */
  static final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1;

    Exhausted() {
      super("too many steps", null, false, false);
    }
  }

  private final String text;
  private int left = LOOKS;

  PatientText(String text) {
    this.text = text;
  }

  @Override
  public char charAt(int index) {
    if (left-- == 0) {
      throw new Exhausted();
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.substring(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
