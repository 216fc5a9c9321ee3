package dev.flotilla.router.idempotency;

import dev.flotilla.router.door.Visit;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMACs, so that a copy of Redis tells neither keys nor prompts to somebody who guesses them. */
final class Fingerprint {
  private final SecretKeySpec secret;

  Fingerprint(String secret) {
    this.secret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256");
  }

  /** Where a team's key has its reply. */
  String place(String team, String key) {
    Mac mac = mac("place");
    field(mac, team);
    field(mac, key);
    return "flotilla:once:1:" + HexFormat.of().formatHex(mac.doFinal());
  }

  /**
   * What makes it the same request: what is asked of whom, byte for byte. A key that may use other
   * models asks something else: it must not see what only the first may ask.
   */
  String request(Visit visit) {
    Mac mac = mac("request");
    field(mac, visit.method());
    field(mac, visit.target());
    field(mac, String.join(",", visit.caller().models()));
    mac.update(visit.body());
    return HexFormat.of().formatHex(mac.doFinal());
  }

  private Mac mac(String purpose) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(secret);
      field(mac, purpose);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /** Length first, so that no two lists of fields run together into the same bytes. */
  private static void field(Mac mac, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    mac.update(bytes);
  }
}
