package dev.flotilla.review.policy;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How bad it would be to let something wrong through. */
public enum Risk {
  LOW,
  /** Only a panel of one mind approves; anything less goes to a person. */
  HIGH;

  public static Optional<Risk> of(String word) {
    return Stream.of(values()).filter(each -> each.word().equals(word)).findFirst();
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
