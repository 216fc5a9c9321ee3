package dev.flotilla.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.flotilla.bench.chaos.RunChaos.EndedRun;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Callers who begin runs, each under a key, and ask for them until they have ended. Whoever gets no
 * answer asks again. Thread-safe.
 */
final class RunCallers implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI door;
  private final int runs;
  private final long seed;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  // Guarded by this.
  private int begun;
  private int allowed;
  private final List<EndedRun> ended = new ArrayList<>();

  RunCallers(URI door, int runs, long seed) {
    this.door = door;
    this.runs = runs;
    this.seed = seed;
  }

  List<Thread> begin(int callers) {
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < callers; i++) {
      threads.add(Thread.startVirtualThread(this::call));
    }
    return List.copyOf(threads);
  }

  /** Waits until so many runs were begun. */
  synchronized void awaitBegun(int number) throws InterruptedException {
    while (begun < number) {
      wait();
    }
  }

  /** Up to this number runs may begin. */
  synchronized void allow(int number) {
    allowed = number;
    notifyAll();
  }

  synchronized List<EndedRun> ended() {
    return List.copyOf(ended);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private void call() {
    try {
      for (int number = next(); number <= runs; number = next()) {
        JsonNode run = throughToTheEnd(number);
        synchronized (this) {
          ended.add(new EndedRun(number, run));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The number of the next run, as soon as it may begin; more than there are at the end. */
  private synchronized int next() throws InterruptedException {
    while (begun < runs && begun >= allowed) {
      wait();
    }
    begun++;
    notifyAll();
    return begun;
  }

  private JsonNode throughToTheEnd(int number) throws InterruptedException {
    String seeded = "seed " + seed + " run " + number;
    HttpRequest begin =
        to("/v1/pipelines/six-calls/runs?mode=async")
            .header("content-type", "application/json")
            .header("idempotency-key", seeded)
            // So long is the key kept from others by a router that was killed meanwhile.
            .header("x-timeout-ms", "2000")
            .POST(HttpRequest.BodyPublishers.ofString("{\"input\":{\"seed\":\"" + seeded + "\"}}"))
            .build();
    long end = System.nanoTime() + PATIENCE.toNanos();
    JsonNode last = JsonNodeFactory.instance.objectNode();
    String id = "";
    while (System.nanoTime() < end) {
      JsonNode answer = send(id.isEmpty() ? begin : to("/v1/runs/" + id).build());
      if (answer.path("object").asText().equals("pipeline.run")) {
        last = answer;
        id = answer.path("id").asText();
        if (answer.path("ended_at").isTextual()) {
          return answer;
        }
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
    return last;
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(door.resolve(path))
        .timeout(Duration.ofSeconds(10))
        .header("authorization", "Bearer bench");
  }

  /** An object without anything when there was no answer. */
  private JsonNode send(HttpRequest request) throws InterruptedException {
    try {
      return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException killed) {
      return JsonNodeFactory.instance.objectNode();
    }
  }
}
