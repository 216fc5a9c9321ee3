package dev.flotilla.cost.report;

/** Whether invented answers count. */
public enum SimulatedRows {
  LEFT_OUT,
  INCLUDED,
  /**
   * Only when there are no real ones in the range: a first look at a demo shows something, and real
   * money is never mixed with it.
   */
  WHEN_ALONE
}
