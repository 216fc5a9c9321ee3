package dev.flotilla.bench.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * So many callers who together send so many requests, each once and no two the same, every third
 * one streamed. Who was failed waits a moment, and until nothing is being killed. Thread-safe.
 */
final class Callers implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What SDKs wait at least. Without it a closed circuit would be met thousands of times. */
  private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI door;
  private final int requests;
  private final long seed;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  // Guarded by this.
  private int begun;
  private int allowed;
  private int ended;
  private int answered;
  private boolean killing;
  private final TreeMap<String, Integer> failures = new TreeMap<>();

  Callers(URI door, int requests, long seed) {
    this.door = door;
    this.requests = requests;
    this.seed = seed;
  }

  /** Lets so many begin; returns at once. */
  List<Thread> begin(int callers) {
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < callers; i++) {
      threads.add(Thread.startVirtualThread(this::call));
    }
    return List.copyOf(threads);
  }

  /** Waits until so many requests were begun, or all are. */
  synchronized void awaitBegun(int number) throws InterruptedException {
    while (begun < Math.min(number, requests)) {
      wait();
    }
  }

  /** Up to this number requests may begin. */
  synchronized void allow(int number) {
    allowed = Math.min(number, requests);
    notifyAll();
  }

  /** Whether something is being killed from now on, or was. */
  synchronized void kills(boolean now) {
    killing = now;
    notifyAll();
  }

  synchronized int answered() {
    return answered;
  }

  /** What went wrong, and how often. */
  synchronized Map<String, Integer> failures() {
    return Collections.unmodifiableMap(new TreeMap<>(failures));
  }

  synchronized int ended() {
    return ended;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private void call() {
    try {
      for (int number = next(); number <= requests; number = next()) {
        String failure = ask(number);
        note(failure);
        if (failure != null) {
          Thread.sleep(AFTER_FAILURE);
          awaitCalm();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized int next() throws InterruptedException {
    while (begun == allowed && begun < requests) {
      wait();
    }
    if (begun == requests) {
      return requests + 1;
    }
    begun++;
    notifyAll();
    return begun;
  }

  private synchronized void note(@Nullable String failure) {
    ended++;
    if (failure == null) {
      answered++;
    } else {
      failures.merge(failure, 1, Integer::sum);
    }
  }

  private synchronized void awaitCalm() throws InterruptedException {
    while (killing) {
      wait();
    }
  }

  /** Why the answer is not whole; null when it is. */
  private @Nullable String ask(int number) throws InterruptedException {
    boolean stream = number % 3 == 0;
    String body =
        "{\"model\":\"gpt-mock\",\"max_tokens\":100,%s\"messages\":[{\"role\":\"user\",\"content\":\"request %d of seed %d\"}]}"
            .formatted(
                stream ? "\"stream\":true,\"stream_options\":{\"include_usage\":true}," : "",
                number,
                seed);
    HttpRequest request =
        HttpRequest.newBuilder(door)
            .header("authorization", "Bearer bench")
            .header("content-type", "application/json")
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        return answer.statusCode() + " " + code(answer.body());
      }
      return stream && !answer.body().strip().endsWith("data: [DONE]") ? "cut stream" : null;
    } catch (IOException gone) {
      return "no answer";
    }
  }

  /** Of an error in OpenAI's shape. */
  static String code(String body) {
    try {
      var answer = JSON.readTree(body);
      // As OpenAI writes it, or as a problem of RFC 9457.
      return answer.path("error").path("code").asText(answer.path("code").asText("without a code"));
    } catch (JsonProcessingException e) {
      return "without JSON";
    }
  }
}
