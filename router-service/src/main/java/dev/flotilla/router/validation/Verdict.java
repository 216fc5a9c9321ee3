package dev.flotilla.router.validation;

import java.util.List;

/** What validators say about an answer. */
public sealed interface Verdict {
  record Accepted() implements Verdict {}

  /**
   * @param broken at least one
   */
  record Refused(List<BrokenRule> broken) implements Verdict {
    public Refused {
      broken = List.copyOf(broken);
    }
  }
}
