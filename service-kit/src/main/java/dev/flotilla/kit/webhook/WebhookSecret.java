package dev.flotilla.kit.webhook;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a target knows a message of ours by, as the Standard Webhooks specification has it. Never
 * printed. Thread-safe.
 */
public final class WebhookSecret {
  private static final String PREFIX = "whsec_";
  private static final String ALGORITHM = "HmacSHA256";
  private static final int SHORTEST = 24;
  private static final int LONGEST = 64;

  private final SecretKeySpec key;

  private WebhookSecret(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /**
   * Reads {@code whsec_} and the base64 of 24 to 64 random bytes.
   *
   * @throws IllegalArgumentException when it is anything else; its message does not tell what
   */
  public static WebhookSecret of(String written) {
    byte[] key;
    try {
      key =
          written.startsWith(PREFIX)
              ? Base64.getDecoder().decode(written.substring(PREFIX.length()))
              : new byte[0];
    } catch (IllegalArgumentException e) {
      key = new byte[0];
    }
    if (key.length < SHORTEST || key.length > LONGEST) {
      throw new IllegalArgumentException(
          "write whsec_ and the base64 of 24 to 64 random bytes, for example from 'echo whsec_$(openssl rand -base64 32)'");
    }
    return new WebhookSecret(key);
  }

  /**
   * The value of {@code webhook-signature} for a message.
   *
   * @param unixSeconds the value of {@code webhook-timestamp}
   */
  public String sign(String id, long unixSeconds, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update((id + "." + unixSeconds + ".").getBytes(StandardCharsets.UTF_8));
      return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA256", e);
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
