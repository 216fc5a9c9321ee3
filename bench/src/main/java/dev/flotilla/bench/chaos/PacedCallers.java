package dev.flotilla.bench.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends so many requests a second, whatever becomes of those before, and each only once: what an
 * SDK would try again is a failure here. Of ten, three are streamed, and one asks for costs or for
 * reviews instead of an answer. Thread-safe.
 */
final class PacedCallers implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** What is asked of a request. */
  private enum Kind {
    WHOLE,
    STREAM,
    COSTS,
    REVIEWS;

    static Kind of(int number) {
      return switch (number % 20) {
        case 3, 6, 9, 13, 16, 19 -> STREAM;
        case 5 -> COSTS;
        case 15 -> REVIEWS;
        default -> WHOLE;
      };
    }
  }

  private final String name;
  private final URI door;
  private final long pauseNanos;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  // Guarded by this.
  private boolean ending;
  private int begun;
  private int ended;
  private int whole;
  private int streams;
  private int lookups;
  private final TreeMap<String, Integer> failures = new TreeMap<>();

  /**
   * @param name in each prompt, so that others have not asked it before and no cache answers
   */
  PacedCallers(String name, URI door, int perSecond) {
    this.name = name;
    this.door = door;
    this.pauseNanos = Duration.ofSeconds(1).toNanos() / perSecond;
  }

  /** Until {@link #end}. */
  void begin() {
    Thread.startVirtualThread(this::pace);
  }

  /** Begins no more, and returns when all are answered. */
  synchronized void end() throws InterruptedException {
    ending = true;
    while (ended < begun) {
      wait();
    }
  }

  /** Waits until so many were begun. */
  synchronized void awaitBegun(int number) throws InterruptedException {
    while (begun < number) {
      wait();
    }
  }

  synchronized int begun() {
    return begun;
  }

  /** Whole answers. */
  synchronized int whole() {
    return whole;
  }

  /** Streams with their end. */
  synchronized int streams() {
    return streams;
  }

  /** Costs and reviews that were shown. */
  synchronized int lookups() {
    return lookups;
  }

  /** What went wrong, and how often. */
  synchronized Map<String, Integer> failures() {
    return Collections.unmodifiableMap(new TreeMap<>(failures));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private void pace() {
    long due = System.nanoTime();
    try {
      for (int number = next(); number > 0; number = next()) {
        int mine = number;
        Thread.startVirtualThread(() -> call(mine));
        due += pauseNanos;
        Thread.sleep(Duration.ofNanos(Math.max(0, due - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** 0 when there is no next one. */
  private synchronized int next() {
    if (ending) {
      return 0;
    }
    begun++;
    notifyAll();
    return begun;
  }

  private void call(int number) {
    Kind kind = Kind.of(number);
    @Nullable String failure = "interrupted";
    try {
      failure = ask(kind, number);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      note(kind, failure);
    }
  }

  private synchronized void note(Kind kind, @Nullable String failure) {
    ended++;
    if (failure != null) {
      failures.merge(kind + ": " + failure, 1, Integer::sum);
    } else {
      switch (kind) {
        case WHOLE -> whole++;
        case STREAM -> streams++;
        case COSTS, REVIEWS -> lookups++;
      }
    }
    notifyAll();
  }

  /** Why the answer is not whole; null when it is. */
  private @Nullable String ask(Kind kind, int number) throws InterruptedException {
    try {
      HttpResponse<String> answer =
          http.send(request(kind, number), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        return answer.statusCode() + " " + Callers.code(answer.body());
      }
      return kind == Kind.STREAM && !answer.body().strip().endsWith("data: [DONE]") ? "cut" : null;
    } catch (IOException gone) {
      return "no answer, " + gone;
    }
  }

  private HttpRequest request(Kind kind, int number) {
    return switch (kind) {
      case COSTS -> at("/v1/costs?group_by=model").build();
      case REVIEWS -> at("/v1/reviews?limit=1").build();
      case WHOLE -> answer(number, "");
      case STREAM -> answer(number, "\"stream\":true,\"stream_options\":{\"include_usage\":true},");
    };
  }

  private HttpRequest answer(int number, String more) {
    String body =
        "{\"model\":\"gpt-mock\",\"max_tokens\":100,%s\"messages\":[{\"role\":\"user\",\"content\":\"%s %d\"}]}"
            .formatted(more, name, number);
    return at("/v1/chat/completions")
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(door.resolve(path))
        .header("authorization", "Bearer bench")
        .timeout(PATIENCE);
  }
}
