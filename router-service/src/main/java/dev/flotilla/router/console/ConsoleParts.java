package dev.flotilla.router.console;

import dev.flotilla.kit.identity.ServiceToken;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.router.console.api.FleetApi;
import dev.flotilla.router.console.oidc.OidcConfig;
import dev.flotilla.router.console.oidc.OidcSignIn;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.Recognition;
import dev.flotilla.router.jwt.JwtConfig;
import dev.flotilla.router.trail.Trail;
import java.net.http.HttpClient;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The console put together: which screen is where. */
public final class ConsoleParts {
  /** A prompt of the playground, as a form writes it. */
  private static final int FORM_BYTES = 200_000;

  private ConsoleParts() {}

  /**
   * The doors people come in by; none when the console is switched off.
   *
   * @param recognition of the doors themselves
   * @param trail where it is written down who came and went
   */
  public static List<Door> doors(
      Settings settings,
      HttpClient http,
      ServiceToken token,
      Recognition recognition,
      Trail trail) {
    ConsoleConfig config = ConsoleConfig.from(settings);
    if (!config.enabled()) {
      return List.of();
    }
    var api = new FleetApi(http, config.api(), config.patience());
    // All routers of an installation share it, so any of them reads a session that another began.
    var sessions = new Sessions(token.header(), config.session(), Clock.systemUTC());
    var assets = new Assets();
    Map<String, Screen> screens =
        Map.of(
            "",
            new Overview(),
            "runs",
            new RunScreen(),
            "pipelines",
            new PipelineScreen(),
            "costs",
            new CostScreen(),
            "providers",
            new ProviderScreen(Alerts.read()),
            "reviews",
            new ReviewScreen(),
            "playground",
            new Playground(config.answerPatience()),
            "proof",
            new Proof(),
            "runbooks",
            new Runbook());
    var signIn = new SignIn(recognition);
    Optional<OidcSignIn> issuer =
        OidcConfig.from(settings, JwtConfig.from(settings))
            .map(oidc -> new OidcSignIn(oidc, http, Clock.systemUTC()));
    var attempts = new Seal(token.header(), "flotilla console attempt 1");
    var route =
        new ConsoleRoute(
            screens,
            signIn,
            new Entrance(signIn, issuer, sessions, attempts),
            sessions,
            new Pages(assets),
            assets,
            api,
            trail);
    String shows = "A page of the console, for people.";
    return List.of(
        Door.open("GET", ConsoleRoute.PATH, 0, shows, route),
        Door.open("GET", ConsoleRoute.PATH + "/*", 0, shows, route),
        Door.open("POST", ConsoleRoute.PATH + "/*", FORM_BYTES, shows, route));
  }
}
