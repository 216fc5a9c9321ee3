package dev.flotilla.pipelines.schema;

/**
 * Text that can be looked at only so often. A regular expression with nested repetitions may try
 * exponentially many ways; both the expression and the text come from outside, so somebody has to
 * stop it. Not thread-safe.
 */
public final class PatientText implements CharSequence {
  /** Some milliseconds' worth. */
  private static final int LOOKS = 2_000_000;

  /** The text was looked at too often. */
  public static final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1;

    Exhausted() {
      super("too many steps", null, false, false);
    }
  }

  private final String text;
  private int left;

  PatientText(String text) {
    this(text, LOOKS);
  }

  /**
   * @param looks how often; a hundred million take about a second
   */
  public PatientText(String text, int looks) {
    this.text = text;
    this.left = looks;
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
