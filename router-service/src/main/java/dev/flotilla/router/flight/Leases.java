package dev.flotilla.router.flight;

import dev.flotilla.kit.redis.RedisScript;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Who asks for what, over all routers: one small value per request in Redis. It says who leads, or
 * for a moment how that ended. Thread-safe.
 */
final class Leases {
  /**
   * How long it is known that an answer is for nobody else: longer than those who wait take to look
   * again.
   */
  private static final Duration NOT_SHARED = Duration.ofMillis(500);

  private static final String KEPT = "kept:";
  private static final String LEAD = "lead:";
  private static final String FAILED = "failed:";
  private static final String ALONE = "alone:";

  private static final RedisScript BOARD = RedisScript.beside(Leases.class, "board.lua");
  private static final RedisScript RENEW = RedisScript.beside(Leases.class, "renew.lua");
  private static final RedisScript END = RedisScript.beside(Leases.class, "end.lua");

  private final TimeBoxedRedis redis;
  private final FlightConfig config;
  private final String life;

  Leases(TimeBoxedRedis redis, FlightConfig config) {
    this.redis = redis;
    this.config = config;
    this.life = millis(config.lease());
  }

  /** What a request finds. */
  sealed interface Found {
    /** Nobody had it, now we do. */
    record Ours() implements Found {}

    /** There is an answer. */
    record Kept() implements Found {}

    /** Another router's request leads. */
    record Theirs() implements Found {}

    record Failed(String mark) implements Found {}

    /** Another router's answer was for nobody else, or a newer version of us left word. */
    record NotShared() implements Found {}

    /** Redis is away. */
    record Unknown() implements Found {}
  }

  /** A value that nobody else has. */
  static String token() {
    return LEAD + UUID.randomUUID();
  }

  /**
   * @param key also names the place where an answer is kept: one slot of a Redis Cluster, by the
   *     braces around it in the lease's name
   */
  Found board(String key, String token) {
    return redis
        .ask(client -> BOARD.run(client, List.of(lease(key), key), List.of(token, life)))
        .map(reply -> found(String.valueOf(reply), token))
        .orElseGet(Found.Unknown::new);
  }

  private static Found found(String value, String token) {
    if (value.equals(token)) {
      return new Found.Ours();
    }
    if (value.equals(KEPT)) {
      return new Found.Kept();
    }
    if (value.startsWith(LEAD)) {
      return new Found.Theirs();
    }
    return value.startsWith(FAILED)
        ? new Found.Failed(value.substring(FAILED.length()))
        : new Found.NotShared();
  }

  void renew(String key, String token) {
    run(RENEW, key, token, life);
  }

  void release(String key, String token) {
    run(END, key, token, "", "0");
  }

  /** Leaves the mark behind, or nothing when failures are not remembered. */
  void failed(String key, String token, String mark) {
    if (config.rememberFailure().toMillis() > 0) {
      run(END, key, token, FAILED + mark, millis(config.rememberFailure()));
    } else {
      release(key, token);
    }
  }

  void notShared(String key, String token) {
    run(END, key, token, ALONE, millis(NOT_SHARED));
  }

  private Optional<Object> run(RedisScript script, String key, String... arguments) {
    return redis.ask(client -> script.run(client, List.of(lease(key)), List.of(arguments)));
  }

  private static String lease(String key) {
    return "flotilla:flight:1:{" + key + "}";
  }

  private static String millis(Duration duration) {
    return Long.toString(duration.toMillis());
  }
}
