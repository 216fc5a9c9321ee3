package dev.flotilla.router.upstream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.flotilla.kit.http.Deadline;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.kit.settings.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The servers pipelines may ask, each by a name that an administrator gave it. What a pipeline or a
 * caller says decides what is asked below the server's address, and never which server: no
 * redirects, no way out of the path. Thread-safe.
 */
public final class Connections {
  /** What a search brings fits in; a file does not, and is not for a prompt. */
  private static final int LONGEST_ANSWER = 4 << 20;

  private static final ObjectMapper YAML =
      JsonMapper.builder(new YAMLFactory())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build();

  /**
   * An entry of the file.
   *
   * @param secretEnv name of the environment variable that holds the secret; null when there is
   *     none
   * @param header in which the secret is sent, {@code authorization} when nothing is said
   * @param prefix before the secret, {@code "Bearer "} when nothing is said
   */
  record Written(
      @Nullable String baseUrl,
      @Nullable String secretEnv,
      @Nullable String header,
      @Nullable String prefix) {}

  private final Map<String, Connection> byName;
  private final HttpClient http;

  private Connections(Map<String, Connection> byName, HttpClient http) {
    this.byName = new TreeMap<>(byName);
    this.http = http;
  }

  /**
   * Reads the file; without one there are no connections.
   *
   * @param http that follows no redirects
   * @param environment the value of a variable, or null
   * @throws ConfigurationException naming the entry, what was found and what to write instead
   */
  public static Connections read(
      Path file, HttpClient http, UnaryOperator<@Nullable String> environment) {
    var byName = new HashMap<String, Connection>();
    for (var entry : written(file).path("connections").properties()) {
      String at = file + ": " + entry.getKey();
      try {
        Written written = YAML.treeToValue(entry.getValue(), Written.class);
        byName.put(entry.getKey(), connection(at, entry.getKey(), written, environment));
      } catch (JsonProcessingException e) {
        throw new ConfigurationException(at + ": " + e.getOriginalMessage(), e);
      }
    }
    return new Connections(byName, http);
  }

  public Set<String> names() {
    return Set.copyOf(byName.keySet());
  }

  /** What a server said. */
  public sealed interface Answer {
    /** Its JSON, or its text when it sent no JSON. */
    record Content(@Nullable JsonNode json, String text) implements Answer {}

    /**
     * @param again whether another try may do better
     */
    record None(String code, String message, boolean again) implements Answer {}
  }

  /**
   * Asks a server.
   *
   * @param path begins with a slash, not encoded
   * @param query not encoded
   * @param body null when nothing is sent
   */
  public Answer ask(
      String connection,
      String method,
      String path,
      Map<String, String> query,
      @Nullable JsonNode body,
      Map<String, String> headers,
      Deadline deadline) {
    Connection to = byName.get(connection);
    if (to == null) {
      return new Answer.None(
          "unknown_connection",
          "There is no connection '"
              + connection
              + "'; this installation has "
              + (byName.isEmpty() ? "none" : String.join(", ", byName.keySet()))
              + ", from connections.yaml in its configuration.",
          false);
    }
    Optional<URI> address = address(to, path, query);
    if (address.isEmpty()) {
      return new Answer.None(
          "bad_path",
          "The path must begin with '/' and stay below the connection's address: no '..', no '//', no '\\\\'.",
          false);
    }
    if (deadline.passed()) {
      return new Answer.None("timeout", connection + " was not asked: the time is over.", true);
    }
    var request =
        HttpRequest.newBuilder(address.get())
            .timeout(deadline.remaining())
            .header("accept", "application/json");
    headers.forEach(request::header);
    to.headers().forEach(request::setHeader);
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request.header("content-type", "application/json");
      request.method(method, HttpRequest.BodyPublishers.ofByteArray(Json.bytes(body)));
    }
    try {
      HttpResponse<InputStream> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      return read(to, answer.statusCode(), whole(answer.body(), deadline));
    } catch (HttpTimeoutException e) {
      return new Answer.None("timeout", connection + " did not answer in time.", true);
    } catch (IOException e) {
      if (deadline.passed()) {
        return new Answer.None("timeout", connection + " did not end its answer in time.", true);
      }
      return new Answer.None("connect", connection + " cannot be reached.", true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.None("interrupted", connection + " was given up.", true);
    }
  }

  /** One byte more than may be there at most. The client's own time-out ends with the head. */
  private static byte[] whole(InputStream body, Deadline deadline) throws IOException {
    Thread watch =
        Thread.startVirtualThread(
            () -> {
              try {
                Thread.sleep(deadline.remaining());
                body.close();
              } catch (InterruptedException | IOException itIsRead) {
                // In time.
              }
            });
    try (body) {
      return body.readNBytes(LONGEST_ANSWER + 1);
    } finally {
      watch.interrupt();
    }
  }

  private static Answer read(Connection from, int status, byte[] bytes) {
    if (status >= 300) {
      return new Answer.None(
          "status_" + status,
          from.name() + " answered with status " + status + ".",
          status == 429 || status >= 500);
    }
    if (bytes.length > LONGEST_ANSWER) {
      return new Answer.None(
          "answer_too_long",
          from.name() + " answered with more than " + LONGEST_ANSWER + " bytes; ask for less.",
          false);
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    try {
      return new Answer.Content(Json.parse(text), text);
    } catch (NotJson e) {
      return new Answer.Content(null, text);
    }
  }

  /** Empty when the path would leave the connection's address. */
  private static Optional<URI> address(Connection to, String path, Map<String, String> query) {
    boolean leaves =
        !path.startsWith("/")
            || path.contains("//")
            || path.indexOf('\\') >= 0
            || path.chars().anyMatch(c -> c < 0x20)
            || List.of(path.split("/", -1)).stream()
                .anyMatch(part -> part.equals("..") || part.equals("."));
    if (leaves) {
      return Optional.empty();
    }
    try {
      // What stands for '?', '#' and '%' in a path is encoded: a value cannot become a query.
      String encoded = new URI(null, null, path, null).getRawPath();
      String asked =
          query.entrySet().stream()
              .map(one -> encoded(one.getKey()) + "=" + encoded(one.getValue()))
              .collect(Collectors.joining("&"));
      return Optional.of(URI.create(to.base() + encoded + (asked.isEmpty() ? "" : "?" + asked)));
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static Connection connection(
      String at, String name, Written written, UnaryOperator<@Nullable String> environment) {
    if (written.baseUrl() == null) {
      throw new ConfigurationException(at + " needs base_url, e.g. https://search.example.com/api");
    }
    URI base;
    try {
      base = URI.create(written.baseUrl().replaceAll("/+$", ""));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(at + ": base_url is no address", e);
    }
    boolean usable =
        base.getHost() != null
            && ("http".equals(base.getScheme()) || "https".equals(base.getScheme()))
            && base.getRawQuery() == null
            && base.getRawFragment() == null
            && base.getRawUserInfo() == null;
    if (!usable) {
      throw new ConfigurationException(
          at
              + ": base_url is '"
              + base
              + "'; write scheme, host and path only, e.g. https://search.example.com/api");
    }
    var headers = new HashMap<String, String>();
    if (written.secretEnv() != null) {
      String secret = environment.apply(written.secretEnv());
      if (secret == null || secret.isBlank()) {
        throw new ConfigurationException(
            at
                + ": its secret is not there; set "
                + written.secretEnv()
                + " in the environment, or leave secret_env out when it needs none");
      }
      headers.put(
          written.header() == null ? "authorization" : written.header(),
          (written.prefix() == null ? "Bearer " : written.prefix()) + secret.strip());
    }
    return new Connection(name, base, headers);
  }

  private static JsonNode written(Path file) {
    try {
      JsonNode read = YAML.readTree(Files.readAllBytes(file));
      if (read == null || read.isMissingNode() || read.isNull()) {
        return Json.object();
      }
      if (read.isObject()) {
        return read;
      }
      throw new ConfigurationException(
          file + " is no map; write connections: and below it names, each with its base_url");
    } catch (NoSuchFileException e) {
      return Json.object();
    } catch (JsonProcessingException e) {
      throw new ConfigurationException(file + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new ConfigurationException(file + " cannot be read", e);
    }
  }
}
