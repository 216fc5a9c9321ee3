package dev.flotilla.kit.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * A Lua script that Redis runs as one step. It travels by its hash and is sent whole only to a
 * Redis that does not know it yet. Immutable.
 */
public final class RedisScript {
  private final String source;
  private final String hash;

  private RedisScript(String source) {
    this.source = source;
    try {
      // not our choice: EVALSHA names scripts by their SHA-1
      byte[] sha1 =
          MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8));
      this.hash = HexFormat.of().formatHex(sha1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  /** The script in a resource beside a class, e.g. {@code admit.lua}. */
  public static RedisScript beside(Class<?> owner, String name) {
    try (InputStream in = owner.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no " + name + " beside " + owner.getName());
      }
      return new RedisScript(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs the script; to be called inside {@link TimeBoxedRedis#ask}.
   *
   * @param keys all in one slot of a Redis Cluster
   * @return what the script returned: {@code Long}, {@code String}, a {@code List} of these
   */
  public Object run(UnifiedJedis redis, List<String> keys, List<String> arguments) {
    try {
      return redis.evalsha(hash, keys, arguments);
    } catch (JedisNoScriptException e) {
      return redis.eval(source, keys, arguments);
    }
  }
}
