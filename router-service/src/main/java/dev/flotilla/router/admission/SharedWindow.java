package dev.flotilla.router.admission;

import dev.flotilla.kit.redis.RedisScript;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The windows all routers share, in Redis and by its clock: one hash per key, so that a Redis
 * Cluster keeps each in one place. Thread-safe.
 */
final class SharedWindow {
  private static final RedisScript ADMIT = RedisScript.beside(SharedWindow.class, "admit.lua");
  private static final RedisScript SETTLE = RedisScript.beside(SharedWindow.class, "settle.lua");

  private final TimeBoxedRedis redis;
  private final String windowMillis;
  private final String slotMillis;

  SharedWindow(AdmissionConfig config, TimeBoxedRedis redis) {
    this.redis = redis;
    this.windowMillis = Long.toString(config.window().toMillis());
    this.slotMillis = Long.toString(config.slotMillis());
  }

  boolean available() {
    return redis.available();
  }

  /**
   * Counts a request with its tokens if both fit.
   *
   * @param elsewhere requests and tokens that were admitted without Redis; counted in any case
   * @param corrections tokens to add to slots that are still counted, by slot
   * @return empty when Redis is away; it may have counted all the same
   */
  Optional<Count> admit(
      String key, Limits limits, long tokens, long[] elsewhere, Map<Long, Long> corrections) {
    var arguments = new ArrayList<String>(7 + 2 * corrections.size());
    arguments.add(windowMillis);
    arguments.add(slotMillis);
    arguments.add(Long.toString(limits.requests()));
    arguments.add(Long.toString(limits.tokens()));
    arguments.add(Long.toString(tokens));
    arguments.add(Long.toString(elsewhere[0]));
    arguments.add(Long.toString(elsewhere[1]));
    corrections.forEach(
        (slot, more) -> {
          arguments.add(Long.toString(slot));
          arguments.add(Long.toString(more));
        });
    return redis.ask(client -> ADMIT.run(client, List.of(name(key)), arguments)).map(Count::of);
  }

  /**
   * Corrects the tokens of a slot.
   *
   * @return false when Redis is away
   */
  boolean adjust(String key, long slot, long tokens) {
    var arguments = List.of(Long.toString(slot), Long.toString(tokens));
    return redis.ask(client -> SETTLE.run(client, List.of(name(key)), arguments)).isPresent();
  }

  private static String name(String key) {
    return "flotilla:admission:1:{" + key + "}";
  }
}
