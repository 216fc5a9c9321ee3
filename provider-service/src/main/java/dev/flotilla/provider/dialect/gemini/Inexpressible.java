package dev.flotilla.provider.dialect.gemini;

import dev.flotilla.provider.dialect.Objection;

/** Something in a request has no words in this dialect; ends its translation. */
final class Inexpressible extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Objection objection;

  private Inexpressible(Objection objection) {
    super(objection.message(), null, false, false);
    this.objection = objection;
  }

  /** Gemini has nothing like it; another provider may. */
  static Inexpressible unsupported(String param, String message) {
    return new Inexpressible(Objection.unsupported(param, message));
  }

  /** It makes no sense to any provider. */
  static Inexpressible invalid(String param, String message) {
    return new Inexpressible(Objection.invalid(param, message));
  }

  Objection objection() {
    return objection;
  }
}
