package dev.flotilla.router.door;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * What an issued key looks like: {@code sk-fl-}, 256 random bits in 43 letters and digits, and six
 * more as a checksum over all before them. By the prefix scanners find keys where none should be;
 * by the checksum a key that was cut off or mistyped is told from one that was revoked.
 */
public final class KeyText {
  private static final String PREFIX = "sk-fl-";
  private static final int BITS = 256;
  private static final int RANDOM_LENGTH = 43;
  private static final int CHECK_LENGTH = 6;
  private static final int HINT_LENGTH = PREFIX.length() + 4;

  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private static final Pattern WHOLE =
      Pattern.compile(PREFIX + "[0-9A-Za-z]{" + (RANDOM_LENGTH + CHECK_LENGTH) + "}");

  private KeyText() {}

  /** A new key, which nobody else has. */
  public static String fresh(SecureRandom random) {
    String unchecked = PREFIX + digits(new BigInteger(BITS, random), RANDOM_LENGTH);
    return unchecked + check(unchecked);
  }

  /** The key's beginning, by which its owner knows it again; it does not help to guess the rest. */
  public static String hint(String key) {
    return key.substring(0, HINT_LENGTH) + "…";
  }

  /** Whether it begins like one of ours and cannot be one, whoever may have issued it. */
  static boolean isMistyped(String presented) {
    if (!presented.startsWith(PREFIX)) {
      return false;
    }
    int checked = PREFIX.length() + RANDOM_LENGTH;
    return !WHOLE.matcher(presented).matches()
        || !check(presented.substring(0, checked)).equals(presented.substring(checked));
  }

  /** Whether it may be one of ours. */
  static boolean isWhole(String presented) {
    return presented.startsWith(PREFIX) && !isMistyped(presented);
  }

  private static String check(String text) {
    var sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return digits(BigInteger.valueOf(sum.getValue()), CHECK_LENGTH);
  }

  private static String digits(BigInteger number, int length) {
    BigInteger base = BigInteger.valueOf(DIGITS.length());
    var digits = new StringBuilder();
    BigInteger left = number;
    for (int i = 0; i < length; i++) {
      BigInteger[] parts = left.divideAndRemainder(base);
      digits.append(DIGITS.charAt(parts[1].intValue()));
      left = parts[0];
    }
    return digits.reverse().toString();
  }
}
