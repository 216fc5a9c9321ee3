package dev.flotilla.judgement.finding;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One thing a reviewer found.
 *
 * @param criterion which part of the plan it is about; null when about none
 * @param file null when the artifact is one piece
 * @param line from 1; null when it is about no line
 * @param claim what is wrong
 * @param evidence where it can be seen
 * @param suggestion what to do instead; null when there is none
 */
public record Finding(
    Severity severity,
    @Nullable String criterion,
    @Nullable String file,
    @Nullable Integer line,
    String claim,
    String evidence,
    @Nullable String suggestion) {
  /** Any order would do; it must be the same whoever asks. */
  static final Comparator<Finding> ORDER =
      Comparator.comparing(Finding::severity)
          .thenComparing(each -> each.file() == null ? "" : each.file())
          .thenComparing(each -> each.line() == null ? 0 : each.line())
          .thenComparing(Finding::claim)
          .thenComparing(Finding::evidence)
          .thenComparing(each -> each.criterion() == null ? "" : each.criterion())
          .thenComparing(each -> each.suggestion() == null ? "" : each.suggestion());
}
