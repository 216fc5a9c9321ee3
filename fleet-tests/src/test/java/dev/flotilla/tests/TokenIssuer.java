package dev.flotilla.tests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

/** Who issues JSON web tokens in tests: one for all fleets of a JVM. */
final class TokenIssuer {
  static final String NAME = "https://issuer.example";
  static final String AUDIENCE = "flotilla";
  private static final KeyPair PAIR = pair();

  private TokenIssuer() {}

  /** What makes a router trust this issuer, whose public keys are written into the folder. */
  static Map<String, String> environment(Path folder) throws IOException {
    var key = (RSAPublicKey) PAIR.getPublic();
    Path keys =
        Files.writeString(
            folder.resolve("issuer.json"),
            "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k1\",\"use\":\"sig\",\"alg\":\"RS256\",\"n\":\"%s\",\"e\":\"%s\"}]}"
                .formatted(
                    base64(key.getModulus().toByteArray()),
                    base64(key.getPublicExponent().toByteArray())));
    return Map.of(
        "MP_JWT_VERIFY_PUBLICKEY_LOCATION", keys.toString(),
        "MP_JWT_VERIFY_ISSUER", NAME,
        "MP_JWT_VERIFY_AUDIENCES", AUDIENCE);
  }

  /** A token that is valid for some minutes. */
  static String token(String team, String audience, String groups) {
    String claims =
        "{\"iss\":\"%s\",\"aud\":\"%s\",\"sub\":\"ann\",\"exp\":%d,\"team\":\"%s\",\"groups\":[%s]}"
            .formatted(
                NAME, audience, Instant.now().plusSeconds(600).getEpochSecond(), team, groups);
    try {
      String signed =
          base64("{\"alg\":\"RS256\",\"kid\":\"k1\"}".getBytes(UTF_8))
              + "."
              + base64(claims.getBytes(UTF_8));
      var signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(PAIR.getPrivate());
      signature.update(signed.getBytes(UTF_8));
      return signed + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair pair() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2_048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
