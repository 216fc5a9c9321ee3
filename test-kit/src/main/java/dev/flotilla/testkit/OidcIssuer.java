package dev.flotilla.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * An OpenID provider over real HTTP with one client and one person, who is asked on a page: it
 * publishes its configuration and its keys, gives each code once, and only to who shows the
 * client's secret and what the challenge was made from. Thread-safe.
 */
public final class OidcIssuer implements AutoCloseable {
  public static final String CLIENT = "flotilla-console";
  public static final String SECRET = "not a secret: of tests";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int COORDINATE_BYTES = 32;
  private static final KeyPair RSA = rsa();
  private static final KeyPair ELLIPTIC = elliptic();
  private static final KeyPair STRANGERS = rsa();

  private final HttpServer server;
  private final String name;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
  private volatile String algorithm = "RS256";
  private volatile boolean signsWithAnotherKey;
  private volatile Consumer<ObjectNode> claims = any -> {};

  private OidcIssuer(HttpServer server) {
    this.server = server;
    this.name = "http://localhost:" + server.getAddress().getPort();
  }

  public static OidcIssuer start() {
    try {
      var server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
      var issuer = new OidcIssuer(server);
      server.createContext("/", call -> issuer.answer(call));
      server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      server.start();
      return issuer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By a name, so that to a browser it is another site than {@code 127.0.0.1}. */
  public String name() {
    return name;
  }

  public String keys() {
    return name() + "/keys";
  }

  /** From now on tokens are signed so: RS256 or ES256. */
  public void signsWith(String chosen) {
    algorithm = chosen;
  }

  /** From now on by a key that is not among the published ones. */
  public void signsWithAnotherKey() {
    signsWithAnotherKey = true;
  }

  /** What else stands in tokens from now on, or instead of what usually does. */
  public void says(Consumer<ObjectNode> more) {
    claims = more;
  }

  /**
   * The person says yes or no, without a browser; where the browser would be sent.
   *
   * @param authorization where a client sent it
   */
  public URI decides(URI authorization, boolean yes) {
    try {
      HttpResponse<Void> answer =
          client.send(
              HttpRequest.newBuilder(authorization)
                  .header("content-type", "application/x-www-form-urlencoded")
                  .POST(HttpRequest.BodyPublishers.ofString("answer=" + (yes ? "yes" : "no")))
                  .build(),
              HttpResponse.BodyHandlers.discarding());
      return URI.create(answer.headers().firstValue("location").orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void answer(HttpExchange call) throws IOException {
    try (call) {
      switch (call.getRequestURI().getPath()) {
        case "/.well-known/openid-configuration" -> send(call, 200, configuration());
        case "/keys" -> send(call, 200, published());
        case "/authorize" -> authorize(call);
        case "/token" -> token(call);
        default -> send(call, 404, JSON.createObjectNode());
      }
    }
  }

  private ObjectNode configuration() {
    return JSON.createObjectNode()
        .put("issuer", name())
        .put("authorization_endpoint", name() + "/authorize")
        .put("token_endpoint", name() + "/token")
        .put("jwks_uri", keys());
  }

  private void authorize(HttpExchange call) throws IOException {
    Map<String, String> query = fields(call.getRequestURI().getRawQuery());
    if (!"code".equals(query.get("response_type"))
        || !CLIENT.equals(query.get("client_id"))
        || !"S256".equals(query.get("code_challenge_method"))
        || !Arrays.asList(query.getOrDefault("scope", "").split(" ")).contains("openid")) {
      send(call, 400, JSON.createObjectNode().put("error", "invalid_request"));
      return;
    }
    if (call.getRequestMethod().equals("GET")) {
      byte[] page =
          "<!doctype html><html lang=en><title>Issuer</title><form method=post><button name=answer value=yes>Yes</button><button name=answer value=no>No</button></form></html>"
              .getBytes(UTF_8);
      call.getResponseHeaders().set("content-type", "text/html; charset=utf-8");
      call.sendResponseHeaders(200, page.length);
      call.getResponseBody().write(page);
      return;
    }
    boolean yes =
        fields(new String(call.getRequestBody().readAllBytes(), UTF_8))
            .getOrDefault("answer", "")
            .equals("yes");
    String code = UUID.randomUUID().toString();
    if (yes) {
      codes.put(code, query);
    }
    call.getResponseHeaders()
        .set(
            "location",
            query.get("redirect_uri")
                + (yes ? "?code=" + code : "?error=access_denied")
                + "&state="
                + query.get("state"));
    call.sendResponseHeaders(303, -1);
  }

  private void token(HttpExchange call) throws IOException {
    Map<String, String> form = fields(new String(call.getRequestBody().readAllBytes(), UTF_8));
    String shown =
        Base64.getEncoder()
            .encodeToString((CLIENT + ":" + URLEncoder.encode(SECRET, UTF_8)).getBytes(UTF_8));
    if (!("Basic " + shown).equals(call.getRequestHeaders().getFirst("authorization"))) {
      send(call, 401, JSON.createObjectNode().put("error", "invalid_client"));
      return;
    }
    Map<String, String> begun = codes.remove(form.getOrDefault("code", ""));
    if (begun == null
        || !"authorization_code".equals(form.get("grant_type"))
        || !begun.getOrDefault("redirect_uri", "").equals(form.get("redirect_uri"))
        || !begun
            .getOrDefault("code_challenge", "")
            .equals(base64(sha256(form.getOrDefault("code_verifier", ""))))) {
      send(call, 400, JSON.createObjectNode().put("error", "invalid_grant"));
      return;
    }
    send(
        call,
        200,
        JSON.createObjectNode()
            .put("access_token", UUID.randomUUID().toString())
            .put("token_type", "Bearer")
            .put("id_token", signed(begun.getOrDefault("nonce", ""))));
  }

  private String signed(String nonce) {
    ObjectNode body =
        JSON.createObjectNode()
            .put("iss", name())
            .put("aud", CLIENT)
            .put("sub", "ann")
            .put("nonce", nonce)
            .put("team", "growth")
            .put("iat", Instant.now().getEpochSecond())
            .put("exp", Instant.now().plusSeconds(600).getEpochSecond());
    body.putArray("groups").add("caller").add("viewer").add("operator");
    claims.accept(body);
    String text =
        base64("{\"alg\":\"%s\",\"kid\":\"%s\"}".formatted(algorithm, algorithm).getBytes(UTF_8))
            + "."
            + base64(body.toString().getBytes(UTF_8));
    KeyPair pair = algorithm.equals("RS256") ? RSA : ELLIPTIC;
    PrivateKey key = (signsWithAnotherKey ? STRANGERS : pair).getPrivate();
    try {
      var signature =
          Signature.getInstance(
              key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSAinP1363Format");
      signature.initSign(key);
      signature.update(text.getBytes(UTF_8));
      return text + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ObjectNode published() {
    ObjectNode keys = JSON.createObjectNode();
    var list = keys.putArray("keys");
    var rsa = (RSAPublicKey) RSA.getPublic();
    list.addObject()
        .put("kty", "RSA")
        .put("kid", "RS256")
        .put("use", "sig")
        .put("alg", "RS256")
        .put("n", base64(rsa.getModulus().toByteArray()))
        .put("e", base64(rsa.getPublicExponent().toByteArray()));
    var point = ((ECPublicKey) ELLIPTIC.getPublic()).getW();
    list.addObject()
        .put("kty", "EC")
        .put("kid", "ES256")
        .put("use", "sig")
        .put("alg", "ES256")
        .put("crv", "P-256")
        .put("x", base64(coordinate(point.getAffineX().toByteArray())))
        .put("y", base64(coordinate(point.getAffineY().toByteArray())));
    return keys;
  }

  /** As long as the curve has it, without a sign. */
  private static byte[] coordinate(byte[] number) {
    var whole = new byte[COORDINATE_BYTES];
    int length = Math.min(number.length, COORDINATE_BYTES);
    System.arraycopy(number, number.length - length, whole, COORDINATE_BYTES - length, length);
    return whole;
  }

  private static void send(HttpExchange call, int status, ObjectNode json) throws IOException {
    byte[] bytes = json.toString().getBytes(UTF_8);
    call.getResponseHeaders().set("content-type", "application/json");
    call.sendResponseHeaders(status, bytes.length);
    call.getResponseBody().write(bytes);
  }

  private static Map<String, String> fields(String encoded) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String pair : encoded.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        fields.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      }
    }
    return fields;
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair rsa() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2_048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair elliptic() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    client.shutdownNow();
  }
}
