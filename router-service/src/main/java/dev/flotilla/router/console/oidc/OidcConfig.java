package dev.flotilla.router.console.oidc;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import dev.flotilla.router.jwt.JwtConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How people sign in at the issuer. What its tokens mean is {@link JwtConfig}'s.
 *
 * @param name of the issuer or account, as people call it
 * @param issuer as its tokens say it
 * @param secret empty for a client that has none and relies on PKCE
 * @param redirect where the issuer sends people back to
 * @param scopes what is asked for, separated by spaces; {@code openid} is among them
 * @param patience how long one answer of the issuer may take
 */
public record OidcConfig(
    String name,
    String issuer,
    String clientId,
    String secret,
    URI redirect,
    String scopes,
    Duration patience) {
  private static final String CLIENT = "flotilla.console.oidc.client-id";
  private static final String SECRET = "flotilla.console.oidc.client-secret";
  private static final String FILE = "flotilla.console.oidc.client-secret-file";
  private static final String SCOPES = "flotilla.console.oidc.scopes";

  /** Where the issuer sends people back to, below the console. */
  public static final String BACK = "/console/sign-in/back";

  /**
   * Empty when no client is configured: then people sign in with keys.
   *
   * @param tokens of the same issuer, as the doors admit them
   */
  public static Optional<OidcConfig> from(Settings settings, Optional<JwtConfig> tokens) {
    Optional<String> client = settings.optional(CLIENT);
    if (client.isEmpty()) {
      return Optional.empty();
    }
    JwtConfig admitted =
        tokens.orElseThrow(
            () ->
                new ConfigurationException(
                    CLIENT
                        + " is set, but no token is admitted at the doors; set mp.jwt.verify.publickey.location, mp.jwt.verify.issuer and mp.jwt.verify.audiences too"));
    if (!admitted.audiences().contains(client.get())) {
      throw new ConfigurationException(
          "mp.jwt.verify.audiences is "
              + String.join(",", admitted.audiences())
              + ", but tokens that people sign in with are for "
              + client.get()
              + "; add it there");
    }
    // Its other addresses are found below it.
    var _ = Settings.address("mp.jwt.verify.issuer", admitted.issuer());
    return Optional.of(
        new OidcConfig(
            settings.text("flotilla.console.oidc.name"),
            admitted.issuer(),
            client.get(),
            secret(settings),
            URI.create(settings.address("flotilla.console.oidc.redirect-base") + BACK),
            scopes(settings),
            settings.duration("flotilla.console.oidc.patience")));
  }

  private static String secret(Settings settings) {
    Optional<String> written = settings.optional(SECRET);
    Optional<Path> file = settings.optional(FILE).map(Path::of);
    if (written.isPresent() && file.isPresent()) {
      throw new ConfigurationException(SECRET + " and " + FILE + " are both set; set one of them");
    }
    if (file.isEmpty()) {
      return written.orElse("");
    }
    try {
      String secret = Files.readString(file.get()).strip();
      if (!secret.isEmpty()) {
        return secret;
      }
    } catch (IOException e) {
      throw new ConfigurationException(
          FILE + " is '" + file.get() + "', which cannot be read; name a file with the secret", e);
    }
    throw new ConfigurationException(
        FILE + " is '" + file.get() + "', which is empty; write the client's secret into it");
  }

  private static String scopes(Settings settings) {
    String scopes = settings.names(SCOPES).stream().collect(Collectors.joining(" "));
    if (!(" " + scopes + " ").contains(" openid ")) {
      throw new ConfigurationException(
          SCOPES + " is '" + scopes + "'; without openid there is no token, write openid,…");
    }
    return scopes;
  }

  @Override
  public String toString() {
    return "OidcConfig[" + clientId + " at " + issuer + "]";
  }
}
