package dev.flotilla.kit.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * The shared secret of an installation: who has it may name the caller. Compared in constant time,
 * never printed.
 */
public final class ServiceToken {
  private final byte[] expected;
  private final String header;

  public ServiceToken(String secret) {
    header = "Bearer " + secret;
    expected = header.getBytes(StandardCharsets.UTF_8);
  }

  /** Value of the authorization header towards another service. */
  public String header() {
    return header;
  }

  /** Whether a request's authorization header carries this token; null does not. */
  public boolean admits(@Nullable String authorization) {
    return authorization != null
        && MessageDigest.isEqual(expected, authorization.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "***";
  }
}
