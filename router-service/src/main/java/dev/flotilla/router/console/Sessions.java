package dev.flotilla.router.console;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Sessions that live in the visitor's cookie, encrypted: every router that shares the secret can
 * read them, nobody else can, and nothing is kept here. Thread-safe.
 */
final class Sessions {
  static final String COOKIE = "flotilla_console";

  private static final byte[] PURPOSE =
      "flotilla console session 1".getBytes(StandardCharsets.UTF_8);
  private static final int IV_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int FORM_TOKEN_BYTES = 16;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final SecretKeySpec secret;
  private final Duration lasts;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param shared what all routers of this installation know, and nobody else
   */
  Sessions(String shared, Duration lasts, InstantSource clock) {
    this.secret = derived(shared);
    this.lasts = lasts;
    this.clock = clock;
  }

  /**
   * A new session.
   *
   * @param key empty for somebody who has not signed in
   */
  Session begin(String key) {
    var token = new byte[FORM_TOKEN_BYTES];
    random.nextBytes(token);
    return new Session(
        key,
        ENCODER.encodeToString(token),
        Instant.ofEpochSecond(clock.instant().plus(lasts).getEpochSecond()));
  }

  /** The cookie's value. */
  String sealed(Session session) {
    byte[] token = Base64.getUrlDecoder().decode(session.formToken());
    byte[] key = session.key().getBytes(StandardCharsets.UTF_8);
    byte[] plain =
        ByteBuffer.allocate(Long.BYTES + FORM_TOKEN_BYTES + key.length)
            .putLong(session.until().getEpochSecond())
            .put(token)
            .put(key)
            .array();
    var iv = new byte[IV_BYTES];
    random.nextBytes(iv);
    try {
      byte[] cipher = cipher(Cipher.ENCRYPT_MODE, iv).doFinal(plain);
      return ENCODER.encodeToString(
          ByteBuffer.allocate(iv.length + cipher.length).put(iv).put(cipher).array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  /** The session of a cookie's value; empty when it is none of ours, or over. */
  Optional<Session> opened(String value) {
    byte[] plain;
    try {
      byte[] sealed = Base64.getUrlDecoder().decode(value);
      if (sealed.length <= IV_BYTES) {
        return Optional.empty();
      }
      plain =
          cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, IV_BYTES))
              .doFinal(sealed, IV_BYTES, sealed.length - IV_BYTES);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
    ByteBuffer buffer = ByteBuffer.wrap(plain);
    Instant until = Instant.ofEpochSecond(buffer.getLong());
    var token = new byte[FORM_TOKEN_BYTES];
    buffer.get(token);
    String key = StandardCharsets.UTF_8.decode(buffer).toString();
    return clock.instant().isBefore(until)
        ? Optional.of(new Session(key, ENCODER.encodeToString(token), until))
        : Optional.empty();
  }

  /** Whether a form came from a page of this session. */
  static boolean isFrom(Session session, String formToken) {
    return MessageDigest.isEqual(
        session.formToken().getBytes(StandardCharsets.UTF_8),
        formToken.getBytes(StandardCharsets.UTF_8));
  }

  private Cipher cipher(int mode, byte[] iv) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, secret, new GCMParameterSpec(TAG_BITS, iv));
    cipher.updateAAD(PURPOSE);
    return cipher;
  }

  private static SecretKeySpec derived(String shared) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(shared.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return new SecretKeySpec(mac.doFinal(PURPOSE), "AES");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
