package dev.flotilla.router.console;

import dev.flotilla.router.console.api.Answer;
import dev.flotilla.router.console.api.FleetApi;
import dev.flotilla.router.console.api.Unknown;
import java.util.Map;

/** Lets in whoever has a key that the API knows. */
final class SignIn {
  private static final int LONGEST_KEY = 1_000;

  private final FleetApi api;

  SignIn(FleetApi api) {
    this.api = api;
  }

  /** Whether somebody may come in. */
  sealed interface Verdict {
    record Welcome(String key) implements Verdict {}

    /**
     * @param why for the visitor
     */
    record Stranger(String why) implements Verdict {}
  }

  Verdict with(String key) {
    if (key.isEmpty()
        || key.length() > LONGEST_KEY
        || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
      return new Verdict.Stranger("Paste a key of this fleet, without spaces.");
    }
    try {
      return api.as(key).get("/v1/key") instanceof Answer.Refused(_, _, var message)
          ? new Verdict.Stranger(message)
          : new Verdict.Welcome(key);
    } catch (Unknown e) {
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
