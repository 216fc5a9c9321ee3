package dev.flotilla.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.kit.redis.TimeBoxedRedis;
import dev.flotilla.testkit.FaultRow;
import dev.flotilla.testkit.RealRedis;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

class TimeBoxedRedisTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  @FaultRow(row = 73, fault = "Redis is stopped")
  @FaultRow(row = 74, fault = "Redis hangs")
  void redis_stopped_or_hanging_costs_one_box_and_then_nothing_until_it_is_back()
      throws InterruptedException {
    try (RealRedis server = RealRedis.own();
        var redis =
            new TimeBoxedRedis(
                URI.create(server.url()), Duration.ofMillis(200), Duration.ofMillis(20))) {
      assertTrue(redis.awaitAvailable(PATIENCE));
      assertEquals(Optional.of("OK"), redis.ask(client -> client.set("a", "b")));

      server.pause();
      long start = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        assertEquals(Optional.empty(), redis.ask(TimeBoxedRedisTest::a));
        assertTrue(
            System.nanoTime() - start < Duration.ofMillis(1_000).toNanos(),
            "twenty questions outlived five boxes");
      }
      assertFalse(redis.available());
      server.resume();
      assertTrue(redis.awaitAvailable(PATIENCE));
      assertEquals(Optional.of("b"), redis.ask(TimeBoxedRedisTest::a));

      server.stop();
      assertEquals(Optional.empty(), redis.ask(TimeBoxedRedisTest::a));
      assertFalse(redis.available());
      server.start();
      assertTrue(redis.awaitAvailable(PATIENCE));
      assertEquals(Optional.of("OK"), redis.ask(client -> client.set("a", "b")));
    }
  }

  private static String a(UnifiedJedis client) {
    return client.get("a");
  }
}
