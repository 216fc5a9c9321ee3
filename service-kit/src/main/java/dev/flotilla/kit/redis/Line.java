package dev.flotilla.kit.redis;

import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.executors.SimpleCommandExecutor;

/** One connection to Redis. One question at a time; not thread-safe. */
final class Line extends UnifiedJedis {
  /**
   * Connects; several round trips.
   *
   * @throws redis.clients.jedis.exceptions.JedisConnectionException when nobody is there
   */
  Line(HostAndPort address, JedisClientConfig config) {
    super(
        new SimpleCommandExecutor(new Connection(address, config)),
        null,
        config.getRedisProtocol(),
        null);
  }
}
