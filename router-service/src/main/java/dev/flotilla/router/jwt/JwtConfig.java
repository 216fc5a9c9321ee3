package dev.flotilla.router.jwt;

import dev.flotilla.kit.settings.ConfigurationException;
import dev.flotilla.kit.settings.Settings;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose tokens are believed, by MicroProfile JWT's own keys, and what their claims mean here.
 *
 * @param publicKey the issuer's key or keys themselves (PEM, JWK or JWK set); null when they are at
 *     the location
 * @param location where they are; null when they are written here
 * @param audiences a token must be for one of these
 * @param skew how wrong clocks may be
 * @param teamClaim names the team; required in each token
 * @param projectClaim names the project; optional in a token
 * @param groupPrefix a group that begins with it is a role, as the rest of it says
 * @param betweenReloads at least so long between two looks for keys
 * @param keep keys that were read so long ago are read again
 */
public record JwtConfig(
    @Nullable String publicKey,
    @Nullable String location,
    String issuer,
    Set<String> audiences,
    Duration skew,
    String teamClaim,
    String projectClaim,
    String groupPrefix,
    Duration betweenReloads,
    Duration keep) {
  private static final String KEY = "mp.jwt.verify.publickey";
  private static final String LOCATION = "mp.jwt.verify.publickey.location";

  public JwtConfig {
    audiences = Set.copyOf(audiences);
  }

  /** Empty when no issuer is trusted: then tokens mean nothing here. */
  public static Optional<JwtConfig> from(Settings settings) {
    String key = settings.optional(KEY).orElse(null);
    String location = settings.optional(LOCATION).orElse(null);
    if (key == null && location == null) {
      return Optional.empty();
    }
    if (key != null && location != null) {
      throw new ConfigurationException(KEY + " and " + LOCATION + " are both set; set one of them");
    }
    long skew = settings.number("mp.jwt.verify.clock.skew", 0, 600);
    return Optional.of(
        new JwtConfig(
            key,
            location,
            // Without these two a token made for anybody else would open our doors.
            settings.text("mp.jwt.verify.issuer"),
            settings.names("mp.jwt.verify.audiences"),
            Duration.ofSeconds(skew),
            settings.text("flotilla.jwt.team-claim"),
            settings.text("flotilla.jwt.project-claim"),
            settings.optional("flotilla.jwt.group-prefix").orElse(""),
            settings.duration("flotilla.jwt.between-reloads"),
            settings.duration("flotilla.jwt.keep-keys")));
  }
}
