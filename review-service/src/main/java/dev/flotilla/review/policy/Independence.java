package dev.flotilla.review.policy;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What reviewers must not share with authors or with each other. Each is stricter than the one
 * before.
 */
public enum Independence {
  MODEL,
  /** Models of one family share their training, and so their blind spots. */
  FAMILY,
  PROVIDER;

  public static Optional<Independence> of(String word) {
    return Stream.of(values()).filter(each -> each.word().equals(word)).findFirst();
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
