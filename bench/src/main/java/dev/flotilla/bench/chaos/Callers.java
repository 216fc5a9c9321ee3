package dev.flotilla.bench.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * So many callers who together send so many requests, each once and no two the same, every third
 * one streamed. Who was failed waits until nothing is being killed. Thread-safe.
 */
final class Callers implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

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
        boolean answer = ask(number);
        note(answer);
        if (!answer) {
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

  private synchronized void note(boolean answer) {
    ended++;
    answered += answer ? 1 : 0;
  }

  private synchronized void awaitCalm() throws InterruptedException {
    while (killing) {
      wait();
    }
  }

  /** Whether the whole answer came. */
  private boolean ask(int number) throws InterruptedException {
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
      return answer.statusCode() == 200
          && (!stream || answer.body().strip().endsWith("data: [DONE]"));
    } catch (IOException gone) {
      return false;
    }
  }
}
