package dev.flotilla.review.verification;

import dev.flotilla.kit.http.Deadline;
import java.text.BreakIterator;
import java.util.Locale;

/**
 * It has at most so many words. Where no spaces are written, words are where Unicode breaks them.
 */
record MaxWords(int most) implements Verifier {
  static final String NAME = "max-words";

  static MaxWords asked(Parameters parameters) throws BadVerifier {
    return new MaxWords(parameters.wholeNumber("most", 1, 1_000_000));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Verified verify(Artifact artifact, Deadline deadline) {
    int words = words(artifact.content());
    return new Verified(NAME, words <= most, words + " words, and " + most + " are allowed");
  }

  /** Words as Unicode knows them that have a letter or a digit. */
  static int words(String text) {
    BreakIterator breaks = BreakIterator.getWordInstance(Locale.ROOT);
    breaks.setText(text);
    int words = 0;
    int start = breaks.first();
    for (int end = breaks.next(); end != BreakIterator.DONE; end = breaks.next()) {
      if (Character.isLetterOrDigit(text.codePointAt(start))) {
        words++;
      }
      start = end;
    }
    return words;
  }
}
