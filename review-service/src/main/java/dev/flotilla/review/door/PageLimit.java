package dev.flotilla.review.door;

import dev.flotilla.kit.problem.Problem;
import dev.flotilla.kit.problem.ProblemException;

/** How long a page of a list is. */
public final class PageLimit {
  private static final int LONGEST_PAGE = 100;

  private PageLimit() {}

  /**
   * From 1 to {@value #LONGEST_PAGE}.
   *
   * @throws ProblemException that says what to write instead
   */
  public static int read(String written) {
    try {
      int limit = Integer.parseInt(written);
      if (limit >= 1 && limit <= LONGEST_PAGE) {
        return limit;
      }
    } catch (NumberFormatException e) {
      throw invalid(written);
    }
    throw invalid(written);
  }

  private static ProblemException invalid(String written) {
    return new ProblemException(
        Problem.invalid(
            "invalid_limit",
            "limit is '" + written + "'; write a whole number from 1 to " + LONGEST_PAGE + ".",
            "limit"));
  }
}
