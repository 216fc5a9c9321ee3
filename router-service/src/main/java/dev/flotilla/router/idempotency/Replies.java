package dev.flotilla.router.idempotency;

import dev.flotilla.kit.redis.RedisScript;
import dev.flotilla.kit.redis.SealedValues;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** Claims and replies in Redis, shared by all routers. Thread-safe. */
final class Replies {
  private static final RedisScript CLAIM = RedisScript.beside(Replies.class, "claim.lua");
  private static final RedisScript KEEP = RedisScript.beside(Replies.class, "keep.lua");
  private static final RedisScript RELEASE = RedisScript.beside(Replies.class, "release.lua");

  private final TimeBoxedRedis redis;
  private final SealedValues seal;

  Replies(TimeBoxedRedis redis, SealedValues seal) {
    this.redis = redis;
    this.seal = seal;
  }

  /**
   * Claims a place for one request.
   *
   * @param place the same for two requests if and only if their team and key are
   * @param request the same if and only if the requests are
   * @param token of this claim alone
   * @param life how long the claim holds when nobody ends it
   */
  Claim claim(String place, String request, String token, Duration life) {
    return redis
        .ask(
            client ->
                CLAIM.run(
                    client,
                    List.of(place),
                    List.of(request, token, Long.toString(Math.max(1, life.toMillis())))))
        .map(answer -> read(place, answer))
        .orElseGet(Claim.Unknown::new);
  }

  private Claim read(String place, Object answer) {
    if (!(answer instanceof List<?> words) || words.isEmpty()) {
      throw new IllegalStateException("claim.lua returned " + answer);
    }
    return switch (String.valueOf(words.getFirst())) {
      case "ours" -> new Claim.Ours();
      case "another" -> new Claim.Another();
      case "in-flight" -> new Claim.InFlight();
      default ->
          opened(place, String.valueOf(words.getLast()))
              .<Claim>map(Claim.Replied::new)
              .orElseGet(
                  () -> {
                    // Not ours, or damaged: it is worth nothing to anybody.
                    redis.ask(client -> client.del(place));
                    return new Claim.Unknown();
                  });
    };
  }

  private Optional<StoredReply> opened(String place, String base64) {
    try {
      return seal.open(place.getBytes(StandardCharsets.UTF_8), Base64.getDecoder().decode(base64))
          .flatMap(StoredReply::of);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Keeps the reply of a claim.
   *
   * @return whether it is kept; not when Redis is away
   */
  boolean keep(String place, String request, String token, StoredReply reply, Duration life) {
    byte[] sealed = seal.seal(place.getBytes(StandardCharsets.UTF_8), reply.bytes());
    String value = Base64.getEncoder().encodeToString(sealed);
    return redis
        .ask(
            client ->
                KEEP.run(
                    client,
                    List.of(place),
                    List.of(token, request, value, Long.toString(life.toMillis()))))
        .filter(Long.valueOf(1)::equals)
        .isPresent();
  }

  /** Whoever sends the request again may ask anew. */
  void release(String place, String token) {
    redis.ask(client -> RELEASE.run(client, List.of(place), List.of(token)));
  }
}
