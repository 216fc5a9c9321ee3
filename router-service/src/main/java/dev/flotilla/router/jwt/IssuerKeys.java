package dev.flotilla.router.jwt;

import io.helidon.security.jwt.jwk.Jwk;
import io.helidon.security.jwt.jwk.JwkEC;
import io.helidon.security.jwt.jwk.JwkKeys;
import io.helidon.security.jwt.jwk.JwkRSA;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An issuer's public keys, of the kinds that sign and nobody else can: RSA and elliptic curves. A
 * key that is not known is looked for again, but not for every forged token; while the issuer is
 * away the keys read before hold. Thread-safe.
 */
final class IssuerKeys {
  private static final System.Logger LOG = System.getLogger(IssuerKeys.class.getName());

  private final KeySource source;
  private final Duration betweenReloads;
  private final Duration keep;
  private final LongSupplier nanoClock;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile @Nullable Known known;
  private volatile long triedNanos;
  private volatile boolean tried;

  /**
   * @param nanos when they were read
   */
  private record Known(List<Jwk> keys, long nanos) {}

  /**
   * @param nanoClock as {@link System#nanoTime}
   */
  IssuerKeys(KeySource source, Duration betweenReloads, Duration keep, LongSupplier nanoClock) {
    this.source = source;
    this.betweenReloads = betweenReloads;
    this.keep = keep;
    this.nanoClock = nanoClock;
  }

  /** Whether they could be read once. */
  boolean ready() {
    reloadIfOld();
    return known != null;
  }

  /** Another number after they were read again. */
  long version() {
    Known now = known;
    return now == null ? 0 : now.nanos();
  }

  /**
   * The key that signed.
   *
   * @param kid as the token names it; null when it does not, which is enough if there is one key
   */
  Optional<Jwk> find(@Nullable String kid) {
    reloadIfOld();
    long before = version();
    Optional<Jwk> found = among(kid);
    if (found.isPresent()) {
      return found;
    }
    // Of many tokens by a new key the first looks for it, and the others wait for what it finds.
    reading.lock();
    try {
      return version() != before || reload() ? among(kid) : found;
    } finally {
      reading.unlock();
    }
  }

  private Optional<Jwk> among(@Nullable String kid) {
    Known now = known;
    if (now == null) {
      return Optional.empty();
    }
    if (kid == null) {
      return now.keys().size() == 1 ? Optional.of(now.keys().getFirst()) : Optional.empty();
    }
    return now.keys().stream().filter(key -> kid.equals(key.keyId())).findFirst();
  }

  private void reloadIfOld() {
    Known now = known;
    if (now == null || nanoClock.getAsLong() - now.nanos() > keep.toNanos()) {
      reload();
    }
  }

  /** Whether they were read now; one reads, the others go on with what is known. */
  private boolean reload() {
    if (!reading.tryLock()) {
      return false;
    }
    try {
      long now = nanoClock.getAsLong();
      if (tried && now - triedNanos < betweenReloads.toNanos()) {
        return false;
      }
      tried = true;
      triedNanos = now;
      known = new Known(parse(source.read()), now);
      return true;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      LOG.log(
          Level.WARNING,
          "the keys of who issues tokens cannot be read: {0}; {1}",
          e.getMessage(),
          known == null ? "no token is admitted" : "those read before hold");
      return false;
    } finally {
      reading.unlock();
    }
  }

  private static List<Jwk> parse(byte[] content) throws GeneralSecurityException {
    String text = new String(content, StandardCharsets.UTF_8).strip();
    List<Jwk> keys = text.startsWith("{") ? ofJson(text) : List.of(ofPem(text));
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("there is no RSA or EC key for signatures");
    }
    return keys;
  }

  private static List<Jwk> ofJson(String text) {
    JsonObject json;
    try (JsonReader reader =
        Json.createReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))) {
      json = reader.readObject();
    }
    List<Jwk> all =
        json.containsKey("keys")
            ? JwkKeys.builder().json(json).build().keys()
            : List.of(Jwk.create(json));
    // A symmetric key among them would make its readers issuers.
    return all.stream()
        .filter(key -> key instanceof JwkRSA || key instanceof JwkEC)
        .filter(key -> key.usage().map(Jwk.USE_SIGNATURE::equals).orElse(true))
        .toList();
  }

  private static Jwk ofPem(String text) throws GeneralSecurityException {
    String inside =
        text.replace("-----BEGIN PUBLIC KEY-----", "")
            .replace("-----END PUBLIC KEY-----", "")
            .replaceAll("\\s", "");
    var encoded = new X509EncodedKeySpec(Base64.getDecoder().decode(inside));
    var key = (RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(encoded);
    return JwkRSA.builder().publicKey(key).algorithm(JwkRSA.ALG_RS256).build();
  }
}
