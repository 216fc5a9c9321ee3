package dev.flotilla.cost.budget;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a budget limits: everything that one team, key, project or pipeline spends.
 *
 * @param name of that team, key and so on; never blank
 */
record Scope(Kind kind, String name) {
  private static final int LONGEST_NAME = 200;

  enum Kind {
    TEAM("team"),
    KEY("key_id"),
    PROJECT("project"),
    PIPELINE("pipeline");

    private final String column;

    Kind(String column) {
      this.column = column;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The ledger's column that holds such names. */
    String column() {
      return column;
    }
  }

  /**
   * Reads {@code team:growth} and the like; a word without a kind is a team's name. Empty when it
   * is neither.
   */
  static Optional<Scope> of(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? Kind.TEAM.word() : text.substring(0, colon);
    String name = text.substring(colon + 1);
    if (name.isBlank() || name.length() > LONGEST_NAME || name.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    return Arrays.stream(Kind.values())
        .filter(k -> k.word().equals(kind))
        .findFirst()
        .map(k -> new Scope(k, name));
  }

  /** The kinds there are, for messages. */
  static String examples() {
    return Arrays.stream(Kind.values()).map(k -> k.word() + ":…").collect(Collectors.joining(", "));
  }

  String id() {
    return kind.word() + ":" + name;
  }

  @Override
  public String toString() {
    return id();
  }
}
