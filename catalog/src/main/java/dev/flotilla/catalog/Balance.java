package dev.flotilla.catalog;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** By what one of several deployments or keys of a model is chosen for a call. */
public enum Balance {
  /** By lot, each as often as its weight says. */
  WEIGHTED,

  /** The one that answers the fewest calls at the moment, for its weight. */
  LEAST_IN_FLIGHT,

  /** The one that answered fastest of late, for its weight and the calls it has at the moment. */
  PEAK_EWMA;

  /** As the catalogue writes it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Balance> of(String word) {
    return Arrays.stream(values()).filter(b -> b.word().equals(word)).findFirst();
  }

  static List<String> words() {
    return Arrays.stream(values()).map(Balance::word).toList();
  }
}
