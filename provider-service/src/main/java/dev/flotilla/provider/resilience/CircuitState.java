package dev.flotilla.provider.resilience;

/** Whether calls are let through. */
public enum CircuitState {
  /** All of them. */
  CLOSED("closed", 0),

  /** A few, to find out whether it has healed. */
  HALF_OPEN("half_open", 1),

  /** None. */
  OPEN("open", 2);

  private final String word;
  private final int level;

  CircuitState(String word, int level) {
    this.word = word;
    this.level = level;
  }

  /** As it is written on the wire. */
  public String word() {
    return word;
  }

  /** As the metric shows it: the higher the worse. */
  public int level() {
    return level;
  }
}
