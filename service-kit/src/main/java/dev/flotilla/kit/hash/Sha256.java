package dev.flotilla.kit.hash;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of texts and files. Thread-safe. */
public final class Sha256 {
  private Sha256() {}

  /**
   * 64 hexadecimal digits.
   *
   * @param parts as UTF-8, with a zero byte between two of them: none may contain one when there
   *     are several
   */
  public static String hex(String... parts) {
    return hexOf(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
  }

  /** The same of bytes as they are. */
  public static String hexOf(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
