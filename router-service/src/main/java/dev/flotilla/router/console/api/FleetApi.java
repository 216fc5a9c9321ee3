package dev.flotilla.router.console.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The public API, asked with one visitor's key. Thread-safe.
 *
 * <p>Every method throws {@link Unknown} when the key is none.
 */
public final class FleetApi {
  private static final int UNKNOWN_KEY = 401;
  private static final int AWAY = 503;

  private final HttpClient http;
  private final URI router;
  private final Duration patience;
  private final String key;

  /**
   * @param router where the doors are that everybody comes in by
   * @param patience how long one answer may take
   */
  public FleetApi(HttpClient http, URI router, Duration patience) {
    this(http, router, patience, "");
  }

  private FleetApi(HttpClient http, URI router, Duration patience, String key) {
    this.http = http;
    this.router = router;
    this.patience = patience;
    this.key = key;
  }

  /** The same for the owner of this key. */
  public FleetApi as(String otherKey) {
    return new FleetApi(http, router, patience, otherKey);
  }

  /**
   * Asks one thing.
   *
   * @param path with its query, encoded
   */
  public Answer get(String path) {
    return asked(request(path).GET().build());
  }

  /** The same for what takes longer. */
  public FleetApi waiting(Duration longer) {
    return new FleetApi(http, router, longer, key);
  }

  /** Asks several things at once; the answers have the questions' names. */
  public Map<String, Answer> getAll(Map<String, String> paths) {
    Map<String, Callable<Answer>> questions = new LinkedHashMap<>();
    paths.forEach((name, path) -> questions.put(name, () -> get(path)));
    return atOnce(questions);
  }

  /** Asks the same of several bodies at once. */
  public Map<String, Answer> postAll(String path, Map<String, ObjectNode> bodies) {
    Map<String, Callable<Answer>> questions = new LinkedHashMap<>();
    bodies.forEach((name, body) -> questions.put(name, () -> post(path, body)));
    return atOnce(questions);
  }

  private static Map<String, Answer> atOnce(Map<String, Callable<Answer>> questions) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Map<String, Future<Answer>> asked = new LinkedHashMap<>();
      questions.forEach((name, question) -> asked.put(name, threads.submit(question)));
      Map<String, Answer> answers = new LinkedHashMap<>();
      for (var one : asked.entrySet()) {
        answers.put(one.getKey(), one.getValue().get());
      }
      return answers;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException why) {
        throw why;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the API was asked", e);
    }
  }

  public Answer post(String path, ObjectNode body) {
    return asked(
        request(path)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.plainBytes(body)))
            .build());
  }

  /** Does something that needs no words. */
  public Answer post(String path) {
    return asked(request(path).POST(HttpRequest.BodyPublishers.noBody()).build());
  }

  /**
   * A text, such as a picture; empty when there is none.
   *
   * @param path with its query, encoded
   */
  public String text(String path) {
    try (InputStream body = open(path, Map.of()).body()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /**
   * An answer of any length, to be read as it comes and closed.
   *
   * @throws IOException when nobody answers, or something else than was asked for
   */
  public HttpResponse<InputStream> open(String path, Map<String, String> headers)
      throws IOException {
    var request = request(path);
    headers.forEach(request::header);
    HttpResponse<InputStream> answer = sent(request.GET().build());
    if (answer.statusCode() != 200) {
      answer.body().close();
      throw new IOException(path + " answered " + answer.statusCode());
    }
    return answer;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(router + path))
        .timeout(patience)
        .header("authorization", "Bearer " + key)
        .header("accept", "*/*");
  }

  private Answer asked(HttpRequest request) {
    int status;
    String body;
    try {
      HttpResponse<InputStream> answer = sent(request);
      status = answer.statusCode();
      try (InputStream in = answer.body()) {
        body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      return new Answer.Refused(
          AWAY, "no_answer", "The router's own API did not answer in time; load the page again.");
    }
    JsonNode json = parsed(body);
    return status < 300 && !json.isMissingNode()
        ? new Answer.Told(json)
        : new Answer.Refused(status, code(json), message(json, status));
  }

  private HttpResponse<InputStream> sent(HttpRequest request) throws IOException {
    HttpResponse<InputStream> answer;
    try {
      answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the API was asked", e);
    }
    if (answer.statusCode() == UNKNOWN_KEY) {
      answer.body().close();
      throw new Unknown("the key is not known, or has expired");
    }
    return answer;
  }

  private static JsonNode parsed(String body) {
    try {
      return body.isEmpty() ? Json.object() : Json.parse(body);
    } catch (NotJson e) {
      return MissingNode.getInstance();
    }
  }

  /** In OpenAI's shape, or as a problem. */
  private static String code(JsonNode json) {
    return json.path("error").path("code").asText(json.path("code").asText(""));
  }

  private static String message(JsonNode json, int status) {
    String detail = json.path("detail").asText("The API answered " + status + ".");
    return json.path("error").path("message").asText(detail);
  }
}
