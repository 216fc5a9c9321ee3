package dev.flotilla.router.jwt;

import dev.flotilla.kit.hash.Sha256;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.router.door.ApiKeys.KnownKey;
import dev.flotilla.router.door.KeyPolicy;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.WebTokens;
import dev.flotilla.router.exchange.Hints;
import io.helidon.security.jwt.Jwt;
import io.helidon.security.jwt.SignedJwt;
import io.helidon.security.jwt.jwk.Jwk;
import io.helidon.security.jwt.jwk.JwkKeys;
import jakarta.json.JsonString;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of one issuer, as MicroProfile JWT has them: {@code sub} becomes the key's id ({@code
 * jwt:…}), {@code groups} the roles, and configured claims team and project. The token says which
 * key signed it and how, but only among the issuer's public keys and by algorithms that have them.
 * Thread-safe.
 */
public final class SignedTokens implements WebTokens {
  private static final System.Logger LOG = System.getLogger(SignedTokens.class.getName());

  /** Never none, and never one whose key also signs: the public key would be that key. */
  private static final Set<String> ALGORITHMS =
      Set.of("RS256", "RS384", "RS512", "ES256", "ES384", "ES512");

  private static final Pattern SHAPE =
      Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*");

  private static final int LONGEST = 8_192;
  private static final int MOST_REMEMBERED = 10_000;

  /** It travels in headers between services, and in the ledger. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@|:-]{0,99}");

  private final JwtConfig config;
  private final IssuerKeys keys;
  private final InstantSource clock;
  private final Map<String, Checked> checked = new ConcurrentHashMap<>();

  /**
   * @param version of the keys by which it was checked
   */
  private record Checked(KnownKey known, Instant expires, long version) {}

  /**
   * @param nanoClock as {@link System#nanoTime}
   */
  public SignedTokens(
      JwtConfig config, KeySource source, InstantSource clock, LongSupplier nanoClock) {
    this.config = config;
    this.keys = new IssuerKeys(source, config.betweenReloads(), config.keep(), nanoClock);
    this.clock = clock;
  }

  @Override
  public boolean mayBeOne(String presented) {
    return presented.length() <= LONGEST && SHAPE.matcher(presented).matches();
  }

  @Override
  public boolean ready() {
    return keys.ready();
  }

  @Override
  public Optional<KnownKey> whoHas(String presented) {
    String sha256 = Sha256.hex(presented);
    Checked before = checked.get(sha256);
    if (before != null
        && before.version() == keys.version()
        && clock.instant().isBefore(before.expires())) {
      return Optional.of(before.known());
    }
    try {
      Checked now = check(presented);
      if (checked.size() >= MOST_REMEMBERED) {
        checked.clear();
      }
      checked.put(sha256, now);
      return Optional.of(now.known());
    } catch (Untrue e) {
      LOG.log(Level.INFO, "a token is refused: {0}", e.getMessage());
    } catch (RuntimeException e) {
      // Whatever its reader stumbles over: made to be stumbled over, or not a token.
      LOG.log(Level.INFO, "a token is refused: it cannot be read");
    }
    checked.remove(sha256);
    return Optional.empty();
  }

  /** Why it is not believed, in our words. */
  private static final class Untrue extends Exception {
    private static final long serialVersionUID = 1;

    Untrue(String message) {
      super(message);
    }
  }

  private Checked check(String presented) throws Untrue {
    SignedJwt signed = SignedJwt.parseToken(presented);
    Jwt token = signed.getJwt();
    String algorithm = token.headers().algorithm().orElse("none");
    require(ALGORITHMS.contains(algorithm), "its algorithm is none that is admitted");
    require(token.headers().critical().isEmpty(), "it asks for extensions nobody here knows");
    Jwk key =
        keys.find(token.headers().keyId().orElse(null))
            .orElseThrow(() -> new Untrue("none of the issuer's keys is the one it names"));
    require(algorithm.equals(key.algorithm()), "its key signs by another algorithm");
    require(
        signed.verifySignature(JwkKeys.builder().addKey(key).build(), key).isValid(),
        "its signature is wrong");
    require(config.issuer().equals(token.issuer().orElse(null)), "it is of another issuer");
    require(
        token.audience().orElse(List.of()).stream().anyMatch(config.audiences()::contains),
        "it is for another audience");
    Instant now = clock.instant();
    Instant expires =
        token
            .expirationTime()
            .orElseThrow(() -> new Untrue("it never expires"))
            .plus(config.skew());
    require(now.isBefore(expires), "it has expired");
    Instant begins = token.notBefore().orElse(Instant.MIN);
    require(!now.plus(config.skew()).isBefore(begins), "its time has not come");
    return new Checked(known(token), expires, keys.version());
  }

  private KnownKey known(Jwt token) throws Untrue {
    String subject = named("sub", token.subject().orElse(null));
    String team = named(config.teamClaim(), claim(token, config.teamClaim()));
    if (subject == null || team == null) {
      throw new Untrue("it needs the claims sub and " + config.teamClaim());
    }
    String project = named(config.projectClaim(), claim(token, config.projectClaim()));
    Set<String> roles =
        token.userGroups().orElse(List.of()).stream()
            .filter(group -> group.startsWith(config.groupPrefix()))
            .map(group -> group.substring(config.groupPrefix().length()))
            .filter(Role.WORDS::contains)
            .collect(Collectors.toUnmodifiableSet());
    var caller = new Caller(team, "jwt:" + subject, project, roles, List.of("*"));
    return new KnownKey(caller, new KeyPolicy(null, null, project != null, Hints.NONE));
  }

  private static @Nullable String claim(Jwt token, String name) {
    return token
        .payloadClaim(name)
        .filter(JsonString.class::isInstance)
        .map(value -> ((JsonString) value).getString())
        .orElse(null);
  }

  private static @Nullable String named(String claim, @Nullable String value) throws Untrue {
    require(
        value == null || NAME.matcher(value).matches(),
        "its claim " + claim + " holds what cannot be a name here");
    return value;
  }

  private static void require(boolean holds, String otherwise) throws Untrue {
    if (!holds) {
      throw new Untrue(otherwise);
    }
  }
}
