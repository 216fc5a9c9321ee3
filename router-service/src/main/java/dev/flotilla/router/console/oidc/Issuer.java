package dev.flotilla.router.console.oidc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The issuer as a client asks it: where its doors are, and for the token of who came back.
 * Thread-safe.
 */
final class Issuer {
  private static final Duration KEEP = Duration.ofHours(1);
  private static final int MOST_BYTES = 1_000_000;

  private final OidcConfig config;
  private final HttpClient http;
  private final InstantSource clock;
  private volatile @Nullable Doors known;

  /**
   * @param authorization where people sign in
   * @param token where their token is asked for
   * @param read when it was told
   */
  private record Doors(URI authorization, URI token, Instant read) {}

  /** What comes of asking for a token. */
  sealed interface Reply {
    /** It is not checked yet. */
    record Granted(String idToken) implements Reply {}

    /**
     * @param code OAuth's word for it
     */
    record Refused(String code) implements Reply {}
  }

  /**
   * @param http follows no redirects
   */
  Issuer(OidcConfig config, HttpClient http, InstantSource clock) {
    this.config = config;
    this.http = http;
    this.clock = clock;
  }

  /** Where people sign in. */
  URI authorization() throws IOException {
    return doors().authorization();
  }

  /** The token of who came back with this code. */
  Reply token(String code, String verifier) throws IOException {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", code);
    form.put("redirect_uri", config.redirect().toString());
    form.put("code_verifier", verifier);
    var request =
        HttpRequest.newBuilder(doors().token())
            .timeout(config.patience())
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json");
    if (config.secret().isEmpty()) {
      form.put("client_id", config.clientId());
    } else {
      // RFC 6749, 2.3.1: both are encoded as in a form first.
      String shown = encoded(config.clientId()) + ":" + encoded(config.secret());
      request.header(
          "authorization",
          "Basic " + Base64.getEncoder().encodeToString(shown.getBytes(StandardCharsets.UTF_8)));
    }
    HttpResponse<String> answer =
        sent(request.POST(HttpRequest.BodyPublishers.ofString(query(form))).build());
    if (answer.statusCode() >= 500) {
      throw new IOException(doors().token() + " answered " + answer.statusCode());
    }
    JsonNode json = parsed(answer);
    return answer.statusCode() == 200 && json.path("id_token").isTextual()
        ? new Reply.Granted(json.path("id_token").asText())
        : new Reply.Refused(json.path("error").asText("no_id_token"));
  }

  private Doors doors() throws IOException {
    Doors now = known;
    if (now == null || now.read().plus(KEEP).isBefore(clock.instant())) {
      now = discovered();
      known = now;
    }
    return now;
  }

  private Doors discovered() throws IOException {
    String base = config.issuer().replaceAll("/+$", "");
    URI place = URI.create(base + "/.well-known/openid-configuration");
    HttpResponse<String> answer =
        sent(HttpRequest.newBuilder(place).timeout(config.patience()).build());
    if (answer.statusCode() != 200) {
      throw new IOException(place + " answered " + answer.statusCode());
    }
    JsonNode json = parsed(answer);
    if (!config.issuer().equals(json.path("issuer").asText())) {
      throw new IOException(place + " is of another issuer, " + json.path("issuer").asText());
    }
    return new Doors(
        door(json, "authorization_endpoint"), door(json, "token_endpoint"), clock.instant());
  }

  /** Encrypted, unless the issuer itself is not. */
  private URI door(JsonNode json, String name) throws IOException {
    String address = json.path(name).asText();
    try {
      URI door = URI.create(address);
      String scheme = String.valueOf(door.getScheme());
      if (door.getHost() != null
          && (scheme.equals("https")
              || (scheme.equals("http") && config.issuer().startsWith("http:")))) {
        return door;
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("its " + name + " is no address: " + address, e);
    }
    throw new IOException("its " + name + " is no https address: " + address);
  }

  private HttpResponse<String> sent(HttpRequest request) throws IOException {
    try {
      return http.send(
          request,
          HttpResponse.BodyHandlers.limiting(
              HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8), MOST_BYTES));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static JsonNode parsed(HttpResponse<String> answer) throws IOException {
    try {
      return Json.parse(answer.body());
    } catch (NotJson e) {
      throw new IOException(answer.uri() + " answered with something that is no JSON", e);
    }
  }

  /** As it stands in a form or a query. */
  static String query(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field -> field.getKey() + "=" + encoded(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String word) {
    return URLEncoder.encode(word, StandardCharsets.UTF_8);
  }
}
