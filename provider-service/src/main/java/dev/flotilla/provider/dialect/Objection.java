package dev.flotilla.provider.dialect;

/**
 * Why a request cannot be put into a dialect. Nothing of it is dropped, so it is not sent at all.
 *
 * @param code {@link #UNSUPPORTED} when another provider may understand it, else what is wrong with
 *     it wherever it goes
 * @param param the field at fault, e.g. {@code messages[2].content}
 * @param message one sentence that says what to write instead; safe to show
 */
public record Objection(String code, String param, String message) {
  public static final String UNSUPPORTED = "unsupported_parameter";

  /** The provider has nothing like it. */
  public static Objection unsupported(String param, String message) {
    return new Objection(UNSUPPORTED, param, message);
  }

  /** It makes no sense to any provider. */
  public static Objection invalid(String param, String message) {
    return new Objection("invalid_value", param, message);
  }
}
