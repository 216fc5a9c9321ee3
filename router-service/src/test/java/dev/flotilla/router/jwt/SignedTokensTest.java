package dev.flotilla.router.jwt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.router.door.ApiKeys.KnownKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedTokensTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final KeyPair OURS = pair();
  private static final KeyPair SOMEBODYS = pair();

  private static final String HEAD = "{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"k1\"}";

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger reads = new AtomicInteger();
  private byte[] issued = jwks("k1", OURS);
  private boolean away;
  private final SignedTokens tokens =
      new SignedTokens(
          new JwtConfig(
              null,
              "http://issuer/jwks",
              "https://issuer.example",
              Set.of("flotilla"),
              Duration.ofSeconds(30),
              "team",
              "project",
              "flotilla-",
              Duration.ofSeconds(10),
              Duration.ofMinutes(5)),
          () -> {
            reads.incrementAndGet();
            if (away) {
              throw new IOException("away");
            }
            return issued;
          },
          () -> NOW,
          nanos::get);

  @Test
  void a_token_names_subject_team_project_and_roles() {
    KnownKey known = who(sign(HEAD, claims("")));
    assertEquals("jwt:ann@example.com", known.caller().key());
    assertEquals("growth", known.caller().team());
    assertEquals("search", known.caller().project());
    assertTrue(known.policy().onlyProject(), "it cannot spend for another project");
    assertEquals(Set.of("caller", "viewer"), known.caller().roles());
    assertEquals(1, reads.get());
    assertEquals("growth", who(sign(HEAD, claims(""))).caller().team());
    assertEquals(1, reads.get(), "keys are remembered");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"alg\":\"none\"}",
        "{\"alg\":\"none\",\"kid\":\"k1\"}",
        "{\"alg\":\"None\",\"kid\":\"k1\"}",
        "{\"alg\":\"NONE\",\"kid\":\"k1\"}",
        "{\"kid\":\"k1\"}",
        "{\"alg\":\"RS512\",\"kid\":\"k1\"}",
        "{\"alg\":\"PS256\",\"kid\":\"k1\"}",
        "{\"alg\":\"ES256\",\"kid\":\"k1\"}",
        "{\"alg\":\"RS256\",\"kid\":\"k1\",\"crit\":[\"exp\"],\"exp\":1}",
        "{\"alg\":\"RS256\",\"kid\":\"../k1\"}",
        "{\"alg\":\"RS256\",\"kid\":\"../../../../dev/null\"}",
        "{\"alg\":\"RS256\",\"kid\":\"k1' or '1'='1\"}",
        "{\"alg\":\"RS256\",\"kid\":\"\"}",
        "{\"alg\":\"RS256\",\"kid\":7}",
        "{\"alg\":\"RS256\",\"kid\":\"k2\",\"jku\":\"http://issuer/jwks\"}",
        "[]",
        "{"
      })
  void a_head_that_cannot_be_the_issuers_opens_nothing(String head) {
    String signed = sign(head, claims(""));
    refused(signed);
    refused(signed.substring(0, signed.lastIndexOf('.') + 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"iss\":\"https://issuer.example.evil\"",
        "\"iss\":null",
        "\"aud\":\"somebody-else\"",
        "\"aud\":[\"a\",\"b\"]",
        "\"aud\":[]",
        "\"exp\":1795341569",
        "\"exp\":\"1795345200\"",
        "\"exp\":null",
        "\"nbf\":1795341631",
        "\"team\":null",
        "\"team\":7",
        "\"team\":[\"growth\"]",
        "\"team\":\"growth\\r\\nx-flotilla-roles: admin\"",
        "\"team\":\"\"",
        "\"sub\":null",
        "\"sub\":\"ann\\u0000\"",
        "\"project\":\"a b\""
      })
  void a_claim_that_does_not_hold_here_and_now_opens_nothing(String wrong) {
    refused(sign(HEAD, claims("," + wrong)));
  }

  @Test
  void clocks_may_differ_a_little() {
    assertEquals("growth", who(sign(HEAD, claims(",\"exp\":1795341571"))).caller().team());
    assertEquals("growth", who(sign(HEAD, claims(",\"nbf\":1795341630"))).caller().team());
  }

  @Test
  void groups_that_are_no_role_here_are_none() {
    KnownKey known = who(sign(HEAD, claims(",\"groups\":[\"admin\",\"flotilla-king\"]")));
    assertEquals(Set.of(), known.caller().roles());
  }

  @Test
  void what_somebody_else_signed_opens_nothing() throws Exception {
    refused(sign(HEAD, claims(""), SOMEBODYS));
    String[] good = sign(HEAD, claims("")).split("\\.");
    refused(good[0] + "." + base64(claims(",\"groups\":[\"flotilla-admin\"]")) + "." + good[2]);
    refused(good[0] + "." + good[1] + ".");
    // The public key is known to everybody, and must not do as a secret.
    String head = base64("{\"alg\":\"HS256\",\"kid\":\"k1\"}");
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(OURS.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----";
    for (byte[] secret :
        new byte[][] {
          pem.getBytes(StandardCharsets.UTF_8), OURS.getPublic().getEncoded(), issued
        }) {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      String signed = head + "." + base64(claims(""));
      refused(signed + "." + base64(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
    }
  }

  @Test
  void a_symmetric_key_among_the_issuers_is_no_key() throws Exception {
    byte[] secret = "a secret of thirty-two characters".getBytes(StandardCharsets.UTF_8);
    issued =
        "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"s\",\"alg\":\"HS256\",\"k\":\"%s\"}, %s]}"
            .formatted(base64(secret), jwk("k1", OURS))
            .getBytes(StandardCharsets.UTF_8);
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    String signed = base64("{\"alg\":\"HS256\",\"kid\":\"s\"}") + "." + base64(claims(""));
    refused(signed + "." + base64(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
    assertEquals("growth", who(sign(HEAD, claims(""))).caller().team());
  }

  @Test
  void a_new_key_of_the_issuer_is_found_and_forged_names_do_not_make_it_be_asked_again() {
    assertEquals("growth", who(sign(HEAD, claims(""))).caller().team());
    issued = jwks("k2", SOMEBODYS);
    String byTheNew = sign(HEAD.replace("k1", "k2"), claims(""), SOMEBODYS);
    refused(byTheNew);
    assertEquals(1, reads.get(), "it was read a moment ago");
    nanos.addAndGet(Duration.ofSeconds(11).toNanos());
    assertEquals("growth", who(byTheNew).caller().team());
    assertEquals(2, reads.get());
    refused(sign(HEAD, claims("")));
    String forged = sign(HEAD.replace("k1", "forged"), claims(""));
    for (int i = 0; i < 1_000; i++) {
      refused(forged);
    }
    assertEquals(2, reads.get());
  }

  @Test
  void while_the_issuer_is_away_its_keys_hold_and_without_any_nobody_can_say() {
    away = true;
    assertFalse(tokens.ready());
    refused(sign(HEAD, claims("")));
    nanos.addAndGet(Duration.ofSeconds(11).toNanos());
    away = false;
    assertTrue(tokens.ready());
    assertEquals("growth", who(sign(HEAD, claims(""))).caller().team());
    away = true;
    nanos.addAndGet(Duration.ofMinutes(6).toNanos());
    assertEquals("growth", who(sign(HEAD, claims(",\"jti\":\"2\""))).caller().team());
  }

  @Test
  void one_key_as_pem_needs_no_name() {
    issued =
        ("-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(OURS.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n")
            .getBytes(StandardCharsets.UTF_8);
    assertEquals("growth", who(sign("{\"alg\":\"RS256\"}", claims(""))).caller().team());
    refused(sign("{\"alg\":\"RS256\"}", claims(""), SOMEBODYS));
  }

  private KnownKey who(String token) {
    assertTrue(tokens.mayBeOne(token), token);
    return tokens.whoHas(token).orElseThrow();
  }

  private void refused(String token) {
    assertEquals(
        Optional.empty(), tokens.mayBeOne(token) ? tokens.whoHas(token) : Optional.empty());
  }

  /**
   * @param more the last of two claims of one name counts
   */
  private static String claims(String more) {
    String[] parts = {
      "\"iss\":\"https://issuer.example\"",
      "\"aud\":[\"other\",\"flotilla\"]",
      "\"sub\":\"ann@example.com\"",
      "\"exp\":" + NOW.plusSeconds(300).getEpochSecond(),
      "\"team\":\"growth\"",
      "\"project\":\"search\"",
      "\"groups\":[\"flotilla-caller\",\"flotilla-viewer\",\"staff\"]"
    };
    var claims = new StringBuilder("{");
    String replaced = more.isEmpty() ? "" : more.substring(1, more.indexOf(':') + 1);
    for (String part : parts) {
      if (replaced.isEmpty() || !part.startsWith(replaced)) {
        claims.append(part).append(',');
      }
    }
    String all = claims.toString();
    return (more.isEmpty() ? all.substring(0, all.length() - 1) : all + more.substring(1)) + "}";
  }

  private static String sign(String head, String claims) {
    return sign(head, claims, OURS);
  }

  private static String sign(String head, String claims, KeyPair by) {
    try {
      String signed = base64(head) + "." + base64(claims);
      var signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(by.getPrivate());
      signature.update(signed.getBytes(StandardCharsets.UTF_8));
      return signed + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] jwks(String kid, KeyPair pair) {
    return ("{\"keys\":[" + jwk(kid, pair) + "]}").getBytes(StandardCharsets.UTF_8);
  }

  private static String jwk(String kid, KeyPair pair) {
    var key = (RSAPublicKey) pair.getPublic();
    return "{\"kty\":\"RSA\",\"kid\":\"%s\",\"use\":\"sig\",\"alg\":\"RS256\",\"n\":\"%s\",\"e\":\"%s\"}"
        .formatted(
            kid,
            base64(key.getModulus().toByteArray()),
            base64(key.getPublicExponent().toByteArray()));
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

  private static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
