package dev.flotilla.provider.replay;

import dev.flotilla.kit.redis.RedisScript;
import dev.flotilla.kit.redis.SealedValues;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.params.SetParams;

/**
 * Claims and answers in Redis, shared by all instances. A place is an HMAC of team and key, so that
 * teams cannot meet and a copy of Redis tells neither. Thread-safe.
 */
public final class Replays implements AutoCloseable {
  private static final RedisScript RELEASE = RedisScript.beside(Replays.class, "release.lua");
  private static final String RUNNING = "running ";
  private static final String KEPT = "kept ";
  private static final int FINGERPRINT = 32;

  private final ReplayConfig config;
  private final @Nullable TimeBoxedRedis redis;
  private final SecretKeySpec secret;
  private final SealedValues seal;

  /**
   * @param redis closed with this; null when there is none, and every call is made
   */
  public Replays(ReplayConfig config, @Nullable TimeBoxedRedis redis) {
    this.config = config;
    this.redis = redis;
    this.secret = new SecretKeySpec(config.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA256");
    this.seal = new SealedValues(config.secret());
  }

  /**
   * One call and its key.
   *
   * @param name where it is in Redis
   * @param fingerprint the same for two calls if and only if they ask the same
   */
  public record Place(String name, String fingerprint) {}

  /** The place of a team's key, for what it asks now. */
  public Place place(String team, String key, byte[] asked) {
    return new Place(
        "flotilla:replay:1:" + hmac("place", bytes(team), bytes(key)),
        hmac("asked", asked).substring(0, FINGERPRINT));
  }

  /**
   * Looks, and claims what nobody makes.
   *
   * @param life how long the claim holds should this instance die
   */
  public Found claim(Place place, Duration life) {
    TimeBoxedRedis asked = redis;
    if (asked == null) {
      return new Found.Away();
    }
    String claim = RUNNING + place.fingerprint() + " " + UUID.randomUUID();
    SetParams onlyIfNew = SetParams.setParams().nx().px(Math.max(1, life.toMillis()));
    // Two questions, because SET … NX GET is not for every Redis; between them a claim may end.
    Optional<String> stands =
        asked.ask(
            client -> {
              if (client.set(place.name(), claim, onlyIfNew) != null) {
                return claim;
              }
              String found = client.get(place.name());
              return found == null ? RUNNING + place.fingerprint() : found;
            });
    return stands.<Found>map(value -> found(place, claim, value)).orElseGet(Found.Away::new);
  }

  /**
   * Keeps the answer of a claim.
   *
   * @return whether it is kept; not when it is too long or Redis is away
   */
  public boolean keep(Place place, byte[] answer) {
    TimeBoxedRedis asked = redis;
    if (asked == null || answer.length > config.longestAnswer()) {
      return false;
    }
    String value =
        KEPT
            + place.fingerprint()
            + " "
            + Base64.getEncoder().encodeToString(seal.seal(bytes(place.name()), answer));
    return asked
        .ask(
            value.length(),
            client ->
                client.set(place.name(), value, SetParams.setParams().px(config.keep().toMillis())))
        .isPresent();
  }

  /** There is no answer: whoever brings the key again makes the call anew. */
  public void release(Place place, Found.Ours ours) {
    if (redis != null) {
      redis.ask(client -> RELEASE.run(client, List.of(place.name()), List.of(ours.claim())));
    }
  }

  @Override
  public void close() {
    if (redis != null) {
      redis.close();
    }
  }

  private Found found(Place place, String claim, String value) {
    if (value.equals(claim)) {
      return new Found.Ours(claim);
    }
    if (value.startsWith(RUNNING)) {
      return value.startsWith(RUNNING + place.fingerprint())
          ? new Found.Running()
          : new Found.Another();
    }
    if (value.startsWith(KEPT) && !value.startsWith(KEPT + place.fingerprint())) {
      return new Found.Another();
    }
    return opened(place, value)
        .<Found>map(Found.Kept::new)
        .orElseGet(
            () -> {
              // Not ours, or damaged: it is worth nothing to anybody.
              if (redis != null) {
                redis.ask(client -> client.del(place.name()));
              }
              return new Found.Running();
            });
  }

  private Optional<byte[]> opened(Place place, String value) {
    int from = KEPT.length() + FINGERPRINT + 1;
    try {
      return value.length() <= from
          ? Optional.empty()
          : seal.open(bytes(place.name()), Base64.getDecoder().decode(value.substring(from)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Lengths first, so that no two lists of fields run together into the same bytes. */
  private String hmac(String purpose, byte[]... fields) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      mac.update(bytes(purpose));
      for (byte[] field : fields) {
        mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(field.length).flip());
        mac.update(field);
      }
      return HexFormat.of().formatHex(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
