package dev.flotilla.provider.dialect.anthropic;

import dev.flotilla.provider.dialect.Objection;

/** Ends the translation of a request, however deep in it the trouble is. */
final class Unsayable extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Objection objection;

  private Unsayable(Objection objection) {
    super(objection.message());
    this.objection = objection;
  }

  /** Another provider may understand it. */
  static Unsayable here(String param, String why) {
    return new Unsayable(
        Objection.unsupported(
            param, "'" + param + "' cannot be said to an Anthropic model: " + why + "."));
  }

  /** It makes no sense anywhere. */
  static Unsayable anywhere(String param, String instead) {
    return new Unsayable(Objection.invalid(param, "'" + param + "' " + instead + "."));
  }

  Objection objection() {
    return objection;
  }
}
