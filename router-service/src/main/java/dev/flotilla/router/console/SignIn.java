package dev.flotilla.router.console;

import dev.flotilla.kit.identity.Caller;
import dev.flotilla.router.door.Recognition;
import dev.flotilla.router.door.Visit;
import java.net.InetAddress;
import java.util.Map;

/**
 * Lets in whoever has a key, or a token, that the doors know. They are asked with the visitor's own
 * address: to the API all who use the console come from this router, and one who guesses keys must
 * not use up there what is everybody's. Thread-safe.
 */
final class SignIn {
  private static final int LONGEST_KEY = 2_500;
  private static final int UNKNOWN = 401;

  private final Recognition recognition;

  SignIn(Recognition recognition) {
    this.recognition = recognition;
  }

  /** Whether somebody may come in. */
  sealed interface Verdict {
    /**
     * @param caller whose key it is
     */
    record Welcome(String key, Caller caller) implements Verdict {}

    /** Somebody we know, who may do nothing. */
    record Idle(Caller caller) implements Verdict {}

    /**
     * @param status as the API would answer: 401 when the key is none, or none any more
     * @param why for the visitor
     */
    record Stranger(int status, String why) implements Verdict {
      boolean isUnknown() {
        return status == UNKNOWN;
      }
    }
  }

  Verdict with(String key, Visit visit) {
    return with(key, InetAddress.ofLiteral(visit.address()));
  }

  /**
   * @param from where the visitor comes from
   */
  Verdict with(String key, InetAddress from) {
    if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
      return new Verdict.Stranger(UNKNOWN, "Paste a key of this fleet, without spaces.");
    }
    if (key.length() > LONGEST_KEY) {
      return new Verdict.Stranger(
          UNKNOWN,
          "This has more than "
              + LONGEST_KEY
              + " characters, more than fit into a browser's cookie; paste a key, or a token with fewer claims.");
    }
    return switch (recognition.recognise(key, from)) {
      case Recognition.Outcome.Known(var known) ->
          known.caller().roles().isEmpty()
              ? new Verdict.Idle(known.caller())
              : new Verdict.Welcome(key, known.caller());
      case Recognition.Outcome.Unknown(var error, _) ->
          error.status() == UNKNOWN
              ? new Verdict.Stranger(UNKNOWN, "This key is not known here, or has expired.")
              : new Verdict.Stranger(error.status(), error.message());
    };
  }

  /**
   * @param issuer where one can sign in besides; empty when that is nowhere
   */
  static Shown.Page page(int status, String why, String to, String issuer) {
    return new Shown.Page(status, "sign-in", Map.of("why", why, "to", place(to), "issuer", issuer));
  }

  /** Where to go on: a place of the console, whatever stands in the address. */
  static String place(String to) {
    return to.matches("/[A-Za-z0-9].*|\\?.*") && to.chars().noneMatch(Character::isISOControl)
        ? to
        : "";
  }
}
