package dev.flotilla.provider.bucket;

import dev.flotilla.catalog.Rates;
import dev.flotilla.kit.redis.RedisScript;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The bucket all replicas share, in Redis and by its clock. Thread-safe. */
final class SharedBucket {
  private static final RedisScript TAKE = RedisScript.beside(SharedBucket.class, "take.lua");
  private static final RedisScript SETTLE = RedisScript.beside(SharedBucket.class, "settle.lua");
  private static final long NOT_LIMITED = -1;
  private static final long NOT_SAID = -1;

  private final List<String> key;
  private final TimeBoxedRedis redis;
  private final String period;
  private final String requests;
  private final String tokens;

  SharedBucket(String name, Rates rates, BucketConfig config, TimeBoxedRedis redis) {
    this.key = List.of("flotilla:bucket:1:{" + name + "}");
    this.redis = redis;
    this.period = Long.toString(config.period().toMillis());
    this.requests = text(rates.requests(), NOT_LIMITED);
    this.tokens = text(rates.tokens(), NOT_LIMITED);
  }

  /**
   * @return milliseconds until it fits, 0 when it did and is counted; empty when Redis is away
   */
  Optional<Long> take(long wantedTokens) {
    var arguments = List.of(period, requests, tokens, Long.toString(wantedTokens));
    return redis
        .ask(client -> TAKE.run(client, key, arguments))
        .map(answer -> (Long) ((List<?>) answer).get(1));
  }

  /** Corrects what was counted; nothing happens when Redis is away. */
  void settle(
      long moreRequests, long moreTokens, @Nullable Long requestsLeft, @Nullable Long tokensLeft) {
    var arguments =
        List.of(
            Long.toString(moreRequests),
            Long.toString(moreTokens),
            text(requestsLeft, NOT_SAID),
            text(tokensLeft, NOT_SAID));
    var _ = redis.ask(client -> SETTLE.run(client, key, arguments));
  }

  private static String text(@Nullable Long value, long otherwise) {
    return Long.toString(value == null ? otherwise : value);
  }
}
