package dev.flotilla.tests;

import static dev.flotilla.tests.FleetUnderTest.KEY;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;

/**
 * Callers who ask one request after the other, whole and streamed, of every task type, and who
 * never repeat one, be it on purpose or after an error. Each request needs a ticket, so a test says
 * how many there are and when. Thread-safe.
 */
final class Traffic implements AutoCloseable {
  private static final List<String> MODELS =
      List.of("auto", "auto/bulk", "auto/standard", "beta/m", "auto/structured", "auto/complex");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final FleetUnderTest fleet;
  private final String name = UUID.randomUUID().toString();
  private final Semaphore tickets = new Semaphore(0);
  private final List<Thread> callers;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  // Guarded by this.
  private final List<Told> told = new ArrayList<>();
  private int begun;

  private Traffic(FleetUnderTest fleet, int callers) {
    this.fleet = fleet;
    this.callers =
        IntStream.range(0, callers).mapToObj(i -> Thread.startVirtualThread(this::call)).toList();
  }

  /** Callers without a ticket. */
  static Traffic of(FleetUnderTest fleet, int callers) {
    return new Traffic(fleet, callers);
  }

  /** So many more requests may be sent. */
  void allow(int requests) {
    tickets.release(requests);
  }

  /**
   * Nobody begins another request.
   *
   * @return how many are taken back
   */
  int withdraw() {
    return tickets.drainPermits();
  }

  synchronized int begun() {
    return begun;
  }

  /** Waits until so many requests were begun since the start. */
  synchronized void awaitBegun(int requests) throws InterruptedException {
    for (long end = System.nanoTime() + PATIENCE.toNanos(); begun < requests; ) {
      pause(end, begun + " requests were begun, not " + requests);
    }
  }

  /** Waits until so many requests have ended since the start. */
  synchronized void awaitEnded(int requests) throws InterruptedException {
    for (long end = System.nanoTime() + PATIENCE.toNanos(); told.size() < requests; ) {
      pause(end, told.size() + " requests ended, not " + requests);
    }
  }

  /** What became of those that ended, in the order in which they did. */
  synchronized List<Told> told() {
    return List.copyOf(told);
  }

  @Override
  public void close() {
    callers.forEach(Thread::interrupt);
    http.close();
  }

  @SuppressWarnings("WaitNotInLoop")
  private synchronized void pause(long end, String otherwise) throws InterruptedException {
    long millis = Duration.ofNanos(end - System.nanoTime()).toMillis();
    if (millis <= 0) {
      throw new AssertionError(otherwise + " within " + PATIENCE.toSeconds() + " s");
    }
    wait(millis);
  }

  private void call() {
    try {
      while (true) {
        tickets.acquire();
        Told one = ask(next());
        synchronized (this) {
          told.add(one);
          notifyAll();
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized int next() {
    begun++;
    notifyAll();
    return begun;
  }

  private Told ask(int number) throws InterruptedException {
    boolean stream = number % 3 == 0;
    String model = MODELS.get(number % MODELS.size());
    // Without the name the cache would answer what another test has asked.
    String text = name + ", request number " + number;
    String body =
        stream ? FleetUnderTest.askStreaming(model, text) : FleetUnderTest.ask(model, text);
    HttpRequest request =
        HttpRequest.newBuilder(fleet.baseUrl().resolve("/v1/chat/completions"))
            .header("authorization", "Bearer " + KEY)
            .header("content-type", "application/json")
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    long start = System.nanoTime();
    try {
      HttpResponse<InputStream> answer =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      Ending ending = read(answer, stream);
      return new Told(number, stream, start, System.nanoTime(), answer.headers(), ending);
    } catch (IOException e) {
      var ending = new Ending.Disconnected(e.toString());
      return new Told(number, stream, start, System.nanoTime(), Told.NONE, ending);
    }
  }

  private static Ending read(HttpResponse<InputStream> answer, boolean stream) {
    var body = new ByteArrayOutputStream();
    try (InputStream in = answer.body()) {
      in.transferTo(body);
      return Ending.of(answer.statusCode(), stream, body.toString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      return stream && answer.statusCode() == 200
          ? Ending.ofBroken(body.toString(StandardCharsets.UTF_8), e.toString())
          : new Ending.Disconnected(e.toString());
    }
  }
}
