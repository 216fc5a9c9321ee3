package dev.flotilla.router.console;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;

/**
 * Sessions that live in the visitor's cookie, sealed: every router that shares the secret can read
 * them, nobody else can, and nothing is kept here. Thread-safe.
 */
final class Sessions {
  static final String COOKIE = "flotilla_console";

  private static final int FORM_TOKEN_BYTES = 16;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final Seal seal;
  private final Duration lasts;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param shared what all routers of this installation know, and nobody else
   */
  Sessions(String shared, Duration lasts, InstantSource clock) {
    this.seal = new Seal(shared, "flotilla console session 1");
    this.lasts = lasts;
    this.clock = clock;
  }

  /**
   * A new session.
   *
   * @param key empty for somebody who has not signed in
   */
  Session begin(String key) {
    return begin(key, Instant.MAX);
  }

  /**
   * The same with a key that ends.
   *
   * @param ends when; the session ends then too, if it does not earlier
   */
  Session begin(String key, Instant ends) {
    var token = new byte[FORM_TOKEN_BYTES];
    random.nextBytes(token);
    Instant usual = clock.instant().plus(lasts);
    return new Session(
        key,
        ENCODER.encodeToString(token),
        Instant.ofEpochSecond((ends.isBefore(usual) ? ends : usual).getEpochSecond()));
  }

  /** The cookie's value. */
  String sealed(Session session) {
    byte[] token = Base64.getUrlDecoder().decode(session.formToken());
    byte[] key = session.key().getBytes(StandardCharsets.UTF_8);
    return seal.sealed(
        ByteBuffer.allocate(Long.BYTES + FORM_TOKEN_BYTES + key.length)
            .putLong(session.until().getEpochSecond())
            .put(token)
            .put(key)
            .array());
  }

  /** The session of a cookie's value; empty when it is none of ours, or over. */
  Optional<Session> opened(String value) {
    return seal.opened(value)
        .map(Sessions::read)
        .filter(session -> clock.instant().isBefore(session.until()));
  }

  private static Session read(byte[] plain) {
    ByteBuffer buffer = ByteBuffer.wrap(plain);
    Instant until = Instant.ofEpochSecond(buffer.getLong());
    var token = new byte[FORM_TOKEN_BYTES];
    buffer.get(token);
    String key = StandardCharsets.UTF_8.decode(buffer).toString();
    return new Session(key, ENCODER.encodeToString(token), until);
  }

  /** Whether a form came from a page of this session. */
  static boolean isFrom(Session session, String formToken) {
    return MessageDigest.isEqual(
        session.formToken().getBytes(StandardCharsets.UTF_8),
        formToken.getBytes(StandardCharsets.UTF_8));
  }
}
