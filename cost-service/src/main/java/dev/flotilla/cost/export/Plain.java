package dev.flotilla.cost.export;

import java.math.BigDecimal;

/**
 * A number as files show it, never in scientific notation; negative ones stay numbers.
 *
 * @param value exact
 */
record Plain(BigDecimal value) {
  static Plain of(BigDecimal value) {
    return new Plain(value);
  }

  @Override
  public String toString() {
    return value.toPlainString();
  }
}
