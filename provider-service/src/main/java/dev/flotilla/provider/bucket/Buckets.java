package dev.flotilla.provider.bucket;

import dev.flotilla.catalog.Rates;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Makes the bucket of each way to a model. Thread-safe. */
public final class Buckets implements AutoCloseable {
  private final BucketConfig config;
  private final @Nullable TimeBoxedRedis redis;
  private final LongSupplier nanoClock;
  private final InstantSource clock;

  /**
   * @param redis closed with this; null when each instance keeps to its share
   * @param nanoClock as {@link System#nanoTime}
   */
  public Buckets(
      BucketConfig config,
      @Nullable TimeBoxedRedis redis,
      LongSupplier nanoClock,
      InstantSource clock) {
    this.config = config;
    this.redis = redis;
    this.nanoClock = nanoClock;
    this.clock = clock;
  }

  /**
   * @param name the same in all instances
   */
  public ModelBucket bucket(String name, Rates rates) {
    boolean limited = rates.requests() != null || rates.tokens() != null;
    return new ModelBucket(
        rates,
        new LocalBucket(rates, config, nanoClock),
        redis == null || !limited ? null : new SharedBucket(name, rates, config, redis),
        config.believeHeaders(),
        nanoClock,
        clock);
  }

  @Override
  public void close() {
    if (redis != null) {
      redis.close();
    }
  }
}
