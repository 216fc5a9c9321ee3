package dev.flotilla.provider.resilience;

import dev.flotilla.catalog.Deployment;
import dev.flotilla.catalog.Model;
import dev.flotilla.provider.bucket.Buckets;
import dev.flotilla.provider.bucket.ModelBucket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One way to a model: a place where it is served and a key that opens it, with a circuit and a
 * bucket of its own. Thread-safe.
 */
final class Lane {
  private static final String NO_KEY = "default";

  private final Model model;
  private final Deployment deployment;
  private final String key;
  private final Breaker breaker;
  private final ModelBucket bucket;
  private final Load load;
  private final FirstChunks firstChunks;
  private final LongSupplier nanoClock;

  /** Until then the others are preferred. */
  private final AtomicLong restsUntilNanos;

  /**
   * @param keyEnv variable that holds the key; null when there is none
   * @param nanoClock as {@link System#nanoTime}
   */
  Lane(
      Model model,
      Deployment deployment,
      @Nullable String keyEnv,
      BreakerConfig config,
      Buckets buckets,
      LongSupplier nanoClock) {
    this.model = model.at(deployment, keyEnv);
    this.deployment = deployment;
    this.key = keyEnv == null ? NO_KEY : keyEnv;
    this.nanoClock = nanoClock;
    this.restsUntilNanos = new AtomicLong(nanoClock.getAsLong());
    this.load = new Load(nanoClock);
    this.firstChunks = new FirstChunks(nanoClock);
    this.bucket =
        buckets.bucket(String.join("|", model.id(), deployment.name(), key), deployment.rates());
    this.breaker =
        new Breaker(
            new CircuitKey(model.provider().id(), model.id(), deployment.name(), key),
            config,
            nanoClock);
  }

  /** The model as it is asked here. */
  Model model() {
    return model;
  }

  Deployment deployment() {
    return deployment;
  }

  /** Name of the variable that holds the key, or {@code default}. */
  String key() {
    return key;
  }

  int weight() {
    return deployment.weight();
  }

  Breaker breaker() {
    return breaker;
  }

  ModelBucket bucket() {
    return bucket;
  }

  Load load() {
    return load;
  }

  FirstChunks firstChunks() {
    return firstChunks;
  }

  /** The provider wants to be left alone here for so long. */
  void rest(Duration time) {
    restsUntilNanos.set(nanoClock.getAsLong() + time.toNanos());
  }

  boolean rests() {
    return nanoClock.getAsLong() - restsUntilNanos.get() < 0;
  }
}
