package dev.flotilla.router.console;

import dev.flotilla.kit.hash.Sha256;
import dev.flotilla.router.console.api.Answer;
import dev.flotilla.router.console.api.FleetApi;
import dev.flotilla.router.console.api.Unknown;
import dev.flotilla.router.door.Guesses;
import java.net.InetAddress;
import java.util.Map;

/** Lets in whoever has a key that the API knows. */
final class SignIn {
  private static final int LONGEST_KEY = 2_500;

  private final FleetApi api;
  private final Guesses guesses;

  /**
   * @param guesses fewer than the API takes from one address: to the API all who sign in here come
   *     from this router's own, and one of them must not use up what is everybody's
   */
  SignIn(FleetApi api, Guesses guesses) {
    this.api = api;
    this.guesses = guesses;
  }

  /** Whether somebody may come in. */
  sealed interface Verdict {
    record Welcome(String key) implements Verdict {}

    /**
     * @param why for the visitor
     */
    record Stranger(String why) implements Verdict {}
  }

  /**
   * @param from where the visitor comes from
   */
  Verdict with(String key, InetAddress from) {
    if (key.isEmpty()
        || key.length() > LONGEST_KEY
        || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
      return new Verdict.Stranger("Paste a key of this fleet, without spaces.");
    }
    String sha256 = Sha256.hex(key);
    if (guesses.refused(from, sha256) != null) {
      return new Verdict.Stranger(
          "Too many unknown keys came from where you are; try again in a minute.");
    }
    try {
      return api.as(key).get("/v1/key") instanceof Answer.Refused(_, _, var message)
          ? new Verdict.Stranger(message)
          : new Verdict.Welcome(key);
    } catch (Unknown e) {
      guesses.failed(from);
      return new Verdict.Stranger("This key is not known here, or has expired.");
    }
  }

  Shown.Page page(String why, String to) {
    return new Shown.Page(
        why.isEmpty() ? 200 : 401, "sign-in", Map.of("why", why, "to", place(to)));
  }

  /** Where to go on: a place of the console, whatever stands in the address. */
  static String place(String to) {
    return to.matches("/[A-Za-z0-9].*|\\?.*") && to.chars().noneMatch(Character::isISOControl)
        ? to
        : "";
  }
}
