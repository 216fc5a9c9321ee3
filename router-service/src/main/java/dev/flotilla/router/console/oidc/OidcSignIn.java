package dev.flotilla.router.console.oidc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.hash.Sha256;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sends people to the issuer and receives them with a token. Whether that token opens anything is
 * the doors' to say. Thread-safe.
 */
public final class OidcSignIn {
  private static final System.Logger LOG = System.getLogger(OidcSignIn.class.getName());

  /** Somebody may have to look for a second factor first. */
  public static final Duration LONGEST = Duration.ofMinutes(10);

  private static final int RANDOM_BYTES = 32;
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final OidcConfig config;
  private final Issuer issuer;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param http follows no redirects
   */
  public OidcSignIn(OidcConfig config, HttpClient http, InstantSource clock) {
    this.config = config;
    this.issuer = new Issuer(config, http, clock);
    this.clock = clock;
  }

  /** Where somebody goes who wants to sign in. */
  public sealed interface Leaving {
    /**
     * @param issuer with everything it has to know
     * @param attempt for the browser to keep until it comes back
     */
    record To(URI issuer, Attempt attempt) implements Leaving {}

    /** Nowhere now. */
    record Away(Refused why) implements Leaving {}
  }

  /** How somebody comes back. */
  public sealed interface Return {
    /**
     * With a token for this attempt and this client; nobody has looked at its signature yet.
     *
     * @param ends when it is none any more
     * @param place where to go on at, below the console
     */
    record With(String token, Instant ends, String place) implements Return {}

    /** With nothing. */
    record Without(Refused why) implements Return {}
  }

  /**
   * Why nobody is signed in, for a page.
   *
   * @param status of HTTP
   */
  public record Refused(int status, String title, String message) {}

  /** As people call what they sign in with. */
  public String name() {
    return config.name();
  }

  /**
   * @param place where to go on at afterwards
   */
  public Leaving leave(String place) {
    var attempt = new Attempt(fresh(), fresh(), fresh(), place, clock.instant().plus(LONGEST));
    Map<String, String> query = new LinkedHashMap<>();
    query.put("response_type", "code");
    query.put("client_id", config.clientId());
    query.put("redirect_uri", config.redirect().toString());
    query.put("scope", config.scopes());
    query.put("state", attempt.state());
    query.put("nonce", attempt.nonce());
    query.put("code_challenge", sha256(attempt.verifier()));
    query.put("code_challenge_method", "S256");
    try {
      URI door = issuer.authorization();
      return new Leaving.To(
          URI.create(door + (door.getQuery() == null ? "?" : "&") + Issuer.query(query)), attempt);
    } catch (IOException e) {
      return new Leaving.Away(away(e));
    }
  }

  /**
   * @param query what the issuer sent along
   * @param kept what the browser kept; empty when it kept nothing, or nothing of ours
   */
  public Return comeBack(Map<String, String> query, Optional<Attempt> kept) {
    if (kept.isEmpty() || !clock.instant().isBefore(kept.get().until())) {
      return refused(
          400,
          "Nobody is expected back",
          "This sign-in was not begun in this browser, or longer than "
              + LONGEST.toMinutes()
              + " minutes ago. Begin again.");
    }
    Attempt attempt = kept.get();
    if (!same(attempt.state(), query.getOrDefault("state", ""))
        || !query.getOrDefault("iss", config.issuer()).equals(config.issuer())) {
      return refused(
          400,
          "Not the sign-in that was begun",
          "What came back belongs to another sign-in; perhaps one was begun in another tab. Nothing was done. Begin again.");
    }
    if (query.containsKey("error")) {
      return denied(query.getOrDefault("error", ""));
    }
    try {
      return switch (issuer.token(query.getOrDefault("code", ""), attempt.verifier())) {
        case Issuer.Reply.Granted(var token) -> received(token, attempt);
        case Issuer.Reply.Refused(var code) -> {
          LOG.log(Level.WARNING, "the issuer gives no token: {0}", word(code));
          yield refused(
              502,
              config.name() + " gave no token",
              "It said: "
                  + word(code)
                  + ". Begin again; if it says so again, the client's settings there and here do not agree.");
        }
      };
    } catch (IOException e) {
      return new Return.Without(away(e));
    }
  }

  private Return received(String token, Attempt attempt) {
    JsonNode claims = claims(token);
    if (!same(attempt.nonce(), claims.path("nonce").asText())) {
      return refused(
          400,
          "Not a token for this sign-in",
          "The token was made for another sign-in. Nothing was done. Begin again.");
    }
    // A token for somebody else's client says nothing about who is here.
    if (!isFor(config.clientId(), claims.path("aud")) || !claims.path("exp").isNumber()) {
      return refused(
          400,
          "Not a token for this fleet",
          "The token was made for another application. Nothing was done.");
    }
    return new Return.With(
        token, Instant.ofEpochSecond(claims.path("exp").asLong()), attempt.place());
  }

  private static JsonNode claims(String token) {
    String[] parts = token.split("\\.", -1);
    try {
      return Json.parse(
          new String(
              Base64.getUrlDecoder().decode(parts.length == 3 ? parts[1] : ""),
              StandardCharsets.UTF_8));
    } catch (NotJson | IllegalArgumentException e) {
      return Json.object();
    }
  }

  private static boolean isFor(String client, JsonNode audience) {
    if (audience.isTextual()) {
      return audience.asText().equals(client);
    }
    for (JsonNode one : audience) {
      if (one.asText().equals(client)) {
        return true;
      }
    }
    return false;
  }

  private Return denied(String error) {
    return error.equals("access_denied")
        ? refused(
            403,
            "Not signed in",
            config.name() + " did not let you in, or you changed your mind there.")
        : refused(
            502,
            "Not signed in",
            config.name() + " could not do it; it said: " + word(error) + ".");
  }

  /** What an issuer says, if it is a word. */
  private static String word(String code) {
    return code.matches("[A-Za-z0-9_. -]{1,60}") ? code : "nothing that can be read";
  }

  private Refused away(IOException e) {
    LOG.log(Level.WARNING, "the issuer does not answer: {0}", e.toString());
    return new Refused(
        503,
        config.name() + " does not answer",
        "Where people sign in cannot be reached now. Try again soon, or sign in with a key.");
  }

  private static Return refused(int status, String title, String message) {
    return new Return.Without(new Refused(status, title, message));
  }

  private String fresh() {
    var bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return ENCODER.encodeToString(bytes);
  }

  private static String sha256(String verifier) {
    return ENCODER.encodeToString(HexFormat.of().parseHex(Sha256.hex(verifier)));
  }

  private static boolean same(String ours, String theirs) {
    return MessageDigest.isEqual(
        ours.getBytes(StandardCharsets.UTF_8), theirs.getBytes(StandardCharsets.UTF_8));
  }
}
