package dev.flotilla.learning.linear;

/** A smooth function that is to become small. */
interface Objective {
  /**
   * Its value somewhere.
   *
   * @param gradient filled with the slope there
   */
  double at(double[] point, double[] gradient);
}
