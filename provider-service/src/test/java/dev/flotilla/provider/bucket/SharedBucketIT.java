package dev.flotilla.provider.bucket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Rates;
import dev.flotilla.kit.redis.TimeBoxedRedis;
import dev.flotilla.testkit.RealRedis;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;

/** Two instances, one Redis. An hour to fill a bucket: nothing comes back while a test runs. */
class SharedBucketIT {
  private static final BucketConfig CONFIG = new BucketConfig(Duration.ofHours(1), 2, true);

  private final RealRedis redis = RealRedis.own();
  private final String name = "up/m|" + UUID.randomUUID();
  private final TimeBoxedRedis one = connection();
  private final TimeBoxedRedis two = connection();
  private final Buckets here = buckets(one);
  private final Buckets there = buckets(two);

  @BeforeEach
  void connect() throws InterruptedException {
    assertTrue(one.awaitAvailable(Duration.ofSeconds(10)));
    assertTrue(two.awaitAvailable(Duration.ofSeconds(10)));
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
    redis.close();
  }

  @Test
  void what_is_granted_is_granted_once_to_all_instances_together() throws Exception {
    ModelBucket a = here.bucket(name, new Rates(40L, null));
    ModelBucket b = there.bucket(name, new Rates(40L, null));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var grants =
          threads.invokeAll(
              IntStream.range(0, 100)
                  .<Callable<Grant>>mapToObj(i -> () -> (i % 2 == 0 ? a : b).take(10))
                  .toList());
      int taken = 0;
      for (var grant : grants) {
        taken += grant.get() instanceof Grant.Taken ? 1 : 0;
      }
      assertEquals(40, taken);
    }
    Duration wait = assertInstanceOf(Grant.Wait.class, a.take(10)).retryAfter();
    assertTrue(wait.compareTo(Duration.ofSeconds(80)) > 0, wait::toString);
    assertTrue(wait.compareTo(Duration.ofSeconds(91)) < 0, wait::toString);
  }

  @Test
  void one_instance_corrects_what_the_other_one_finds() {
    ModelBucket a = here.bucket(name, new Rates(null, 1_000L));
    ModelBucket b = there.bucket(name, new Rates(null, 1_000L));
    var first = assertInstanceOf(Grant.Taken.class, a.take(900));
    assertInstanceOf(Grant.Wait.class, b.take(200));
    a.settle(first, 100L, ModelBucketTest.said(Map.of()));
    var second = assertInstanceOf(Grant.Taken.class, b.take(800));
    b.giveBack(second);
    var third = assertInstanceOf(Grant.Taken.class, a.take(100));
    a.settle(
        third,
        100L,
        ModelBucketTest.said(
            Map.of("x-ratelimit-remaining-tokens", "50", "x-ratelimit-reset-tokens", "1s")));
    assertInstanceOf(Grant.Wait.class, b.take(60), "the provider counts more than we do");
    assertInstanceOf(Grant.Taken.class, b.take(40));
  }

  @Test
  void while_redis_is_away_each_instance_keeps_to_its_share() throws Exception {
    ModelBucket a = here.bucket(name, new Rates(6L, null));
    ModelBucket b = there.bucket(name, new Rates(6L, null));
    assertInstanceOf(Grant.Taken.class, a.take(1));
    redis.stop();
    assertInstanceOf(Grant.Taken.class, a.take(1));
    assertInstanceOf(Grant.Taken.class, a.take(1));
    assertInstanceOf(Grant.Wait.class, a.take(1), "three of six, one of them before");
    for (int i = 0; i < 3; i++) {
      assertInstanceOf(Grant.Taken.class, b.take(1));
    }
    assertInstanceOf(Grant.Wait.class, b.take(1));
    redis.start();
    connect();
    assertInstanceOf(Grant.Taken.class, b.take(1), "together again");
  }

  @Test
  void somebody_elses_value_is_thrown_away() {
    try (var raw = RedisClient.create(redis.url())) {
      raw.set("flotilla:bucket:1:{" + name + "}", "not a bucket");
    }
    ModelBucket bucket = here.bucket(name, new Rates(1L, null));
    assertInstanceOf(Grant.Taken.class, bucket.take(1));
    assertInstanceOf(Grant.Wait.class, bucket.take(1));
  }

  private TimeBoxedRedis connection() {
    return new TimeBoxedRedis(
        URI.create(redis.url()), Duration.ofSeconds(2), Duration.ofMillis(50));
  }

  private static Buckets buckets(TimeBoxedRedis connection) {
    return new Buckets(CONFIG, connection, System::nanoTime, InstantSource.fixed(Instant.EPOCH));
  }
}
