package dev.flotilla.router.console;

import dev.flotilla.kit.settings.Settings;
import dev.flotilla.testkit.OidcIssuer;
import io.helidon.config.mp.MpConfigSources;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;

/** What a console needs to be told, for tests. */
final class ConsoleSettings {
  private ConsoleSettings() {}

  static Settings with(Map<String, String> changed) {
    Map<String, String> values = new HashMap<>();
    values.put("flotilla.console.enabled", "true");
    // Nobody is there.
    values.put("flotilla.console.api", "http://127.0.0.1:1");
    values.put("flotilla.console.session", "PT12H");
    values.put("flotilla.console.patience", "PT10S");
    values.put("flotilla.console.answer-patience", "PT2M");
    values.put("flotilla.console.oidc.name", "Example");
    values.put("flotilla.console.oidc.scopes", "openid");
    values.put("flotilla.console.oidc.patience", "PT10S");
    values.put("mp.jwt.verify.clock.skew", "30");
    values.put("flotilla.jwt.team-claim", "team");
    values.put("flotilla.jwt.project-claim", "project");
    values.put("flotilla.jwt.between-reloads", "PT10S");
    values.put("flotilla.jwt.keep-keys", "PT5M");
    values.putAll(changed);
    return new Settings(
        ConfigProviderResolver.instance()
            .getBuilder()
            .withSources(MpConfigSources.create(values))
            .build());
  }

  /** People may sign in there. */
  static Map<String, String> of(OidcIssuer issuer) {
    return Map.of(
        "mp.jwt.verify.publickey.location",
        issuer.keys(),
        "mp.jwt.verify.issuer",
        issuer.name(),
        "mp.jwt.verify.audiences",
        "flotilla," + OidcIssuer.CLIENT,
        "flotilla.console.oidc.client-id",
        OidcIssuer.CLIENT,
        "flotilla.console.oidc.client-secret",
        OidcIssuer.SECRET,
        "flotilla.console.oidc.redirect-base",
        "http://fleet.example");
  }
}
