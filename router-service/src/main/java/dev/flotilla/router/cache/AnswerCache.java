package dev.flotilla.router.cache;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.identity.Caller;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.redis.SealedValues;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import dev.flotilla.router.exchange.ChatRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * Answers already given to the same team for the same request under the same policy. Redis away is
 * a miss. Thread-safe.
 */
public final class AnswerCache {
  /** Longer answers, which are many vectors at once, cost Redis more than they save. */
  private static final int LONGEST = 4 << 20;

  /** A step of so many keys takes Redis well below a millisecond. */
  private static final int LOOKED_AT_ONCE = 500;

  private final AnswerCacheConfig config;
  private final CacheKey key;
  private final SealedValues seal;
  private final TimeBoxedRedis redis;
  private final InstantSource clock;
  private final Supplier<String> policyVersion;

  public AnswerCache(
      AnswerCacheConfig config,
      TimeBoxedRedis redis,
      InstantSource clock,
      Supplier<String> policyVersion) {
    this.config = config;
    this.key = new CacheKey(config.secret());
    this.seal = new SealedValues(config.secret());
    this.redis = redis;
    this.clock = clock;
    this.policyVersion = policyVersion;
  }

  public boolean enabled() {
    return config.enabled();
  }

  /**
   * An answer that was found.
   *
   * @param age how long ago it was given
   */
  public record Hit(CachedAnswer answer, Duration age) {}

  /**
   * The answer given before, if it is still kept.
   *
   * @param key of the request
   */
  public Optional<Hit> find(String key) {
    if (!config.enabled()) {
      return Optional.empty();
    }
    byte[] where = key.getBytes(StandardCharsets.UTF_8);
    Optional<byte[]> found = redis.ask(client -> client.get(where));
    Optional<Hit> hit = found.flatMap(bytes -> seal.open(where, bytes)).flatMap(this::read);
    if (found.isPresent() && hit.isEmpty()) {
      // What stands there is damaged or of another version: it would be looked at in vain each
      // time.
      redis.ask(client -> client.del(where));
    }
    return hit;
  }

  /**
   * Keeps a finished answer; an unfinished one never, and none of megabytes.
   *
   * @param key of the request
   * @return whether it may be given to others, also when Redis is away or does not take it
   */
  public boolean keep(String key, CachedAnswer answer) {
    if (!config.enabled() || !answer.completion().finished()) {
      return false;
    }
    byte[] where = key.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = seal.seal(where, Json.bytes(answer.toJson().put("at", clock.millis())));
    if (bytes.length > LONGEST) {
      return true;
    }
    var expiry = SetParams.setParams().ex(config.keep().toSeconds());
    redis.ask(bytes.length, client -> client.set(where, bytes, expiry));
    return true;
  }

  /**
   * Forgets all answers of all teams. Looks through everything in Redis in small steps, so that
   * nobody else waits long; answers that are kept meanwhile may stay.
   *
   * @return how many were forgotten; empty when Redis is away, or went away meanwhile
   */
  public OptionalLong purge() {
    long purged = 0;
    String cursor = ScanParams.SCAN_POINTER_START;
    var params = new ScanParams().match(CacheKey.PREFIX + "*").count(LOOKED_AT_ONCE);
    do {
      String from = cursor;
      Optional<ScanResult<String>> found = redis.ask(client -> client.scan(from, params));
      if (found.isEmpty()) {
        return OptionalLong.empty();
      }
      String[] keys = found.get().getResult().toArray(String[]::new);
      Optional<Long> gone =
          keys.length == 0 ? Optional.of(0L) : redis.ask(client -> client.unlink(keys));
      if (gone.isEmpty()) {
        return OptionalLong.empty();
      }
      purged += gone.get();
      cursor = found.get().getCursor();
    } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
    return OptionalLong.of(purged);
  }

  /**
   * What two requests share if and only if they may share an answer. Reads the whole request, so it
   * is made once for each; empty when nothing is kept.
   *
   * <p>Keys of one team that may use different models do not share answers: one of them must not
   * see what only the other may ask.
   */
  public String key(ChatRequest request, Caller caller) {
    if (!config.enabled()) {
      return "";
    }
    String tenant = caller.team() + "\n" + String.join(",", caller.models());
    return key.of(tenant, policyVersion.get(), request);
  }

  private Optional<Hit> read(byte[] bytes) {
    try {
      ObjectNode value = Json.parseObject(bytes);
      var age = Duration.ofMillis(Math.max(0, clock.millis() - value.path("at").asLong()));
      return CachedAnswer.fromJson(value).map(answer -> new Hit(answer, age));
    } catch (NotJson e) {
      return Optional.empty();
    }
  }
}
