package dev.flotilla.router.console;

import dev.flotilla.kit.identity.Caller;
import dev.flotilla.router.console.oidc.Attempt;
import dev.flotilla.router.console.oidc.OidcSignIn;
import dev.flotilla.router.door.Visit;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where people come in, with a key or by way of an issuer, and where they go. Thread-safe. */
final class Entrance {
  static final String IN = "sign-in";
  static final String OUT = "sign-out";

  private static final String KEPT = "flotilla_console_attempt";
  private static final String AT_ISSUER = IN + "/issuer";
  private static final String BACK = IN + "/back";
  private static final int FORBIDDEN = 403;

  private final SignIn signIn;
  private final Optional<OidcSignIn> issuer;
  private final Sessions sessions;
  private final Seal attempts;

  /**
   * @param issuer where one can sign in besides; empty when that is nowhere
   * @param attempts seals what the browser keeps meanwhile
   */
  Entrance(SignIn signIn, Optional<OidcSignIn> issuer, Sessions sessions, Seal attempts) {
    this.signIn = signIn;
    this.issuer = issuer;
    this.sessions = sessions;
    this.attempts = attempts;
  }

  /**
   * What came of it.
   *
   * @param action for the audit log
   * @param caller who it was; null when it was nobody we know, and nothing is to be recorded
   */
  record Passage(Shown shown, String action, @Nullable Caller caller) {
    Passage(Shown shown) {
      this(shown, "", null);
    }
  }

  /**
   * @param path below the console
   * @param form empty unless one of our forms was sent
   */
  Passage passage(
      List<String> path,
      Session session,
      Map<String, String> query,
      Map<String, String> form,
      Visit visit) {
    return switch (String.join("/", path)) {
      case IN ->
          visit.method().equals("POST")
              ? withKey(form, visit)
              : new Passage(page(session, query.getOrDefault("to", ""), visit));
      case AT_ISSUER ->
          issuer
              .map(there -> leave(there, SignIn.place(query.getOrDefault("to", "")), visit))
              .orElseGet(() -> new Passage(new Shown.Nothing()));
      case BACK ->
          issuer
              .map(there -> back(there, query, visit))
              .orElseGet(() -> new Passage(new Shown.Nothing()));
      case OUT -> out(session, visit);
      default -> new Passage(new Shown.Nothing());
    };
  }

  private Shown page(Session session, String to, Visit visit) {
    // A cookie of its own, so that its form has a token as well.
    Cookies.keep(visit, Sessions.COOKIE, sessions.sealed(session));
    return SignIn.page(200, "", to, name());
  }

  private String name() {
    return issuer.map(OidcSignIn::name).orElse("");
  }

  private Passage withKey(Map<String, String> form, Visit visit) {
    String to = form.getOrDefault("to", "");
    return switch (signIn.with(form.getOrDefault("key", "").strip(), visit)) {
      case SignIn.Verdict.Welcome(var key, var caller) -> {
        Cookies.keep(visit, Sessions.COOKIE, sessions.sealed(sessions.begin(key)));
        yield new Passage(new Shown.Elsewhere(SignIn.place(to)), "console.sign-in", caller);
      }
      case SignIn.Verdict.Idle(var caller) -> idle(caller);
      case SignIn.Verdict.Stranger(int status, var why) ->
          new Passage(SignIn.page(status, why, to, name()));
    };
  }

  private Passage leave(OidcSignIn there, String place, Visit visit) {
    return switch (there.leave(place)) {
      case OidcSignIn.Leaving.To(var address, var attempt) -> {
        // Lax: the visitor comes back by a link of the issuer's site, and with Strict the browser
        // would not show it then. Others may send somebody here as well, but do not know the state.
        Cookies.lend(
            visit,
            KEPT,
            attempts.sealed(attempt.text().getBytes(StandardCharsets.UTF_8)),
            ConsoleRoute.PATH + "/" + BACK,
            OidcSignIn.LONGEST.toSeconds());
        yield new Passage(new Shown.Outside(address));
      }
      case OidcSignIn.Leaving.Away(var why) -> new Passage(refused(why));
    };
  }

  private Passage back(OidcSignIn there, Map<String, String> query, Visit visit) {
    Optional<Attempt> kept =
        Cookies.find(visit, KEPT)
            .flatMap(attempts::opened)
            .flatMap(plain -> Attempt.of(new String(plain, StandardCharsets.UTF_8)));
    return switch (there.comeBack(query, kept)) {
      case OidcSignIn.Return.With token -> withToken(token, visit);
      case OidcSignIn.Return.Without(var why) -> new Passage(refused(why));
    };
  }

  private Passage withToken(OidcSignIn.Return.With token, Visit visit) {
    return switch (signIn.with(token.token(), visit)) {
      case SignIn.Verdict.Welcome(var key, var caller) -> {
        Cookies.keep(visit, Sessions.COOKIE, sessions.sealed(sessions.begin(key, token.ends())));
        // A page and no redirection: as long as it is the issuer's site that led here, the browser
        // keeps the session's cookie, which is Strict, to itself.
        yield new Passage(
            new Shown.Page("signed-in", Map.of("place", ConsoleRoute.PATH + token.place())),
            "console.sign-in",
            caller);
      }
      case SignIn.Verdict.Idle(var caller) -> idle(caller);
      case SignIn.Verdict.Stranger stranger ->
          new Passage(
              refused(
                  new OidcSignIn.Refused(
                      stranger.status(),
                      "Not admitted",
                      stranger.isUnknown()
                          ? "The doors of this fleet do not admit the token that "
                              + name()
                              + " gave. The router's log says why: it may name no team, or be too long for a cookie."
                          : stranger.why())));
    };
  }

  /** We know who it is, so it is on record. */
  private static Passage idle(Caller caller) {
    return new Passage(
        refused(
            new OidcSignIn.Refused(
                FORBIDDEN,
                "You have no role here",
                caller.key()
                    + " of team "
                    + caller.team()
                    + " is known, but may do nothing. Ask an administrator for a role, such as viewer.")),
        "console.sign-in",
        caller);
  }

  private static Shown refused(OidcSignIn.Refused why) {
    return new Shown.Page(
        why.status(),
        "refused",
        Map.of(
            "title",
            why.title(),
            "message",
            why.message(),
            "link",
            ConsoleRoute.PATH + "/" + IN,
            "link_text",
            "To signing in"));
  }

  private Passage out(Session session, Visit visit) {
    Shown there = new Shown.Elsewhere("/" + IN);
    if (!visit.method().equals("POST")) {
      return new Passage(there);
    }
    Cookies.forget(visit, Sessions.COOKIE);
    return signIn.with(session.key(), visit) instanceof SignIn.Verdict.Welcome(_, var caller)
        ? new Passage(there, "console.sign-out", caller)
        : new Passage(there);
  }
}
