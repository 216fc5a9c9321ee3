package dev.flotilla.router.validation;

import java.util.List;

/** What validators say about an answer. */
public sealed interface Judgement {
  record Accepted() implements Judgement {}

  /**
   * @param broken at least one
   */
  record Refused(List<BrokenRule> broken) implements Judgement {
    public Refused {
      broken = List.copyOf(broken);
    }
  }
}
