package dev.flotilla.kit.redis;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Puts a seal before a value that is read again later: a version, and an HMAC over the value and
 * the place it is for. A flipped bit, another version's bytes, and a value that was moved to
 * another place are told from what we wrote. It hides nothing. Thread-safe.
 */
public final class SealedValues {
  private static final byte VERSION = 1;

  /** Half of SHA-256: nobody finds a second value for it. */
  private static final int SEAL_BYTES = 16;

  private static final int PREFIX = 1 + SEAL_BYTES;

  private final SecretKeySpec secret;

  public SealedValues(String secret) {
    this.secret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
  }

  /** The value as it is to be stored in a place. */
  public byte[] seal(byte[] place, byte[] value) {
    byte[] sealed = new byte[PREFIX + value.length];
    sealed[0] = VERSION;
    System.arraycopy(value, 0, sealed, PREFIX, value.length);
    System.arraycopy(sealOf(place, sealed), 0, sealed, 1, SEAL_BYTES);
    return sealed;
  }

  /** The value that was stored; empty when it is not what was stored there. */
  public Optional<byte[]> open(byte[] place, byte[] sealed) {
    if (sealed.length < PREFIX || sealed[0] != VERSION) {
      return Optional.empty();
    }
    byte[] expected = Arrays.copyOf(sealOf(place, sealed), SEAL_BYTES);
    return MessageDigest.isEqual(expected, Arrays.copyOfRange(sealed, 1, PREFIX))
        ? Optional.of(Arrays.copyOfRange(sealed, PREFIX, sealed.length))
        : Optional.empty();
  }

  private byte[] sealOf(byte[] place, byte[] sealed) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      mac.update(VERSION);
      mac.update((byte) (place.length >> 8));
      mac.update((byte) place.length);
      mac.update(place);
      mac.update(sealed, PREFIX, sealed.length - PREFIX);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
