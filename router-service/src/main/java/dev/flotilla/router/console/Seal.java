package dev.flotilla.router.console;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals what a visitor's browser keeps for us: every router that shares the secret can read it,
 * nobody else can, and what was sealed for one purpose is nothing for another. Thread-safe.
 */
final class Seal {
  private static final int IV_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final byte[] purpose;
  private final SecretKeySpec secret;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param shared what all routers of this installation know, and nobody else
   * @param purpose what is sealed
   */
  Seal(String shared, String purpose) {
    this.purpose = purpose.getBytes(StandardCharsets.UTF_8);
    this.secret = derived(shared, this.purpose);
  }

  /** As it may stand in a cookie. */
  String sealed(byte[] plain) {
    var iv = new byte[IV_BYTES];
    random.nextBytes(iv);
    try {
      byte[] cipher = cipher(Cipher.ENCRYPT_MODE, iv).doFinal(plain);
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              ByteBuffer.allocate(iv.length + cipher.length).put(iv).put(cipher).array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  /** What was sealed; empty when it was not by us, for this purpose, or was changed since. */
  Optional<byte[]> opened(String value) {
    try {
      byte[] sealed = Base64.getUrlDecoder().decode(value);
      return sealed.length <= IV_BYTES
          ? Optional.empty()
          : Optional.of(
              cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, IV_BYTES))
                  .doFinal(sealed, IV_BYTES, sealed.length - IV_BYTES));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] iv) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, secret, new GCMParameterSpec(TAG_BITS, iv));
    cipher.updateAAD(purpose);
    return cipher;
  }

  private static SecretKeySpec derived(String shared, byte[] purpose) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(shared.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return new SecretKeySpec(mac.doFinal(purpose), "AES");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
