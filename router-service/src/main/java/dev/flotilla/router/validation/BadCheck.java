package dev.flotilla.router.validation;

/** A schema or a rule that cannot be used; the message says why. */
public final class BadCheck extends Exception {
  private static final long serialVersionUID = 1;

  private final String place;

  BadCheck(String place, String why) {
    super("'" + place + "' " + why + ".");
    this.place = place;
  }

  /** Where it was written, e.g. {@code route.validate.rules[0]}. */
  public String place() {
    return place;
  }
}
