package dev.flotilla.judgement.finding;

import java.util.Comparator;

/**
 * A finding and who has it.
 *
 * @param reviewer one id per reviewer
 */
public record Said(String reviewer, Finding finding) {
  static final Comparator<Said> ORDER =
      Comparator.comparing(Said::reviewer).thenComparing(Said::finding, Finding.ORDER);
}
