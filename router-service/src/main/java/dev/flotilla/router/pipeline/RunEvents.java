package dev.flotilla.router.pipeline;

import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.pipeline.journal.RunBook;
import dev.flotilla.router.pipeline.journal.RunEvent;
import dev.flotilla.router.pipeline.journal.Watch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * What happens in a run, as it happens. Each event has its number, and whoever lost the connection
 * goes on after the last one it saw: at any router, in this run's life or after it. Thread-safe.
 */
final class RunEvents {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
  private static final long KEEP_ALIVE_NANOS = Duration.ofSeconds(15).toNanos();

  private final RunBook book;
  private final Watch watch;

  RunEvents(RunBook book, Watch watch) {
    this.book = book;
    this.watch = watch;
  }

  /** Told each event once, in order. */
  interface Listener {
    void happened(RunEvent event) throws IOException;

    /** Nothing has happened for a while. */
    void quiet() throws IOException;
  }

  /**
   * Follows a run to its end.
   *
   * @param after number of the last event that is known; 0 for none
   */
  void follow(String run, long after, Listener listener) throws IOException {
    long last = after;
    long spokenAt = System.nanoTime();
    while (!Thread.currentThread().isInterrupted()) {
      Watch.Next next = watch.next(run);
      boolean ended = book.ended(run).orElse(true);
      List<RunEvent> events = book.events(run, last);
      for (RunEvent event : events) {
        listener.happened(event);
        last = event.number();
        spokenAt = System.nanoTime();
      }
      // Looked at before the events: none can have come between.
      if (ended && events.isEmpty()) {
        return;
      }
      if (!events.isEmpty()) {
        continue;
      }
      if (System.nanoTime() - spokenAt > KEEP_ALIVE_NANOS) {
        listener.quiet();
        spokenAt = System.nanoTime();
      }
      next.await(BETWEEN_LOOKS);
    }
  }

  /** Follows a run as a stream of server-sent events. */
  void stream(String run, long after, OutputStream out) throws IOException {
    follow(
        run,
        after,
        new Listener() {
          @Override
          public void happened(RunEvent event) throws IOException {
            String text =
                "id: "
                    + event.number()
                    + "\nevent: "
                    + event.type()
                    + "\ndata: "
                    + Json.text(RunJson.event(run, event))
                    + "\n\n";
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
          }

          @Override
          public void quiet() throws IOException {
            out.write(SseEvent.comment("keep-alive").bytes());
            out.flush();
          }
        });
  }
}
