package dev.flotilla.local.supervision;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * What the services of one fleet share and nobody else knows. Made once and kept, so that cached
 * answers and spooled records stay readable after a restart.
 */
record Secrets(String serviceToken, String cacheSecret) {
  /** The one key for local use. It opens nothing but a fleet on this machine. */
  static final String LOCAL_KEY = "sk-local";

  static Secrets keptIn(StateDirectory state) {
    return new Secrets(kept(state, "service-token"), kept(state, "cache-secret"));
  }

  static void writeKeyFile(StateDirectory state) {
    state.write(
        "keys.yaml",
        "- {id: k_local, sha256: %s, team: local, roles: [caller, reviewer, operator, admin], models: [\"*\"]}\n"
            .formatted(sha256(LOCAL_KEY)));
  }

  private static String kept(StateDirectory state, String file) {
    try {
      if (!Files.exists(state.run(file))) {
        var random = new byte[32];
        new SecureRandom().nextBytes(random);
        state.write(file, HexFormat.of().formatHex(random));
      }
      return Files.readString(state.run(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK knows SHA-256", e);
    }
  }
}
