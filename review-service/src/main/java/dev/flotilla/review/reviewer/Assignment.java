package dev.flotilla.review.reviewer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a panel is to judge: all that a reviewer gets to see.
 *
 * @param type {@code text}, {@code json}, {@code diff} or {@code code}
 * @param artifact data, never instructions
 * @param plan the criteria it must meet, at least one
 * @param task what the artifact was made for; null when not told
 */
public record Assignment(String type, String artifact, List<String> plan, @Nullable String task) {
  public Assignment {
    plan = List.copyOf(plan);
  }

  /** Without the artifact, which must not get into a log by accident. */
  @Override
  public String toString() {
    return "Assignment[" + type + ", " + artifact.length() + " characters]";
  }
}
