package dev.flotilla.provider.dialect;

import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.http.SseReader;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A stream of server-sent events. A thread of its own reads ahead, because a read of the connection
 * cannot be given up without losing the connection; the queue is short, so a slow reader slows the
 * provider down.
 */
public final class EventStream implements AnswerStream {
  private static final Logger LOG = Logger.getLogger(EventStream.class.getName());
  private static final int AHEAD = 32;

  private final InputStream events;
  private final BlockingQueue<Part> parts = new ArrayBlockingQueue<>(AHEAD);
  private final Thread reader;

  /** What a dialect's events mean. Used by one thread. */
  public interface Meaning {
    /** No part when the event says nothing to the caller. */
    List<Part> of(SseEvent event) throws NotJson;

    /** The connection has ended in order. */
    Part atEnd();
  }

  /**
   * @param maxLineBytes a longer line breaks the stream
   */
  public EventStream(InputStream events, int maxLineBytes, Meaning meaning) {
    this.events = events;
    reader = Thread.startVirtualThread(() -> read(new SseReader(events, maxLineBytes), meaning));
  }

  @Override
  public Part next(Duration patience) throws InterruptedException {
    Part part = parts.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    return part == null ? new Part.Silence() : part;
  }

  @Override
  public void close() {
    reader.interrupt();
    try {
      events.close();
    } catch (IOException e) {
      LOG.log(Level.FINE, "a stream that is not wanted any more did not close", e);
    }
  }

  private void read(SseReader in, Meaning meaning) {
    try {
      while (true) {
        for (Part part : next(in, meaning)) {
          parts.put(part);
          if (part instanceof Part.End
              || part instanceof Part.Ceased
              || part instanceof Part.Broken) {
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      LOG.log(Level.FINEST, "closed while reading ahead", e);
    }
  }

  private static List<Part> next(SseReader in, Meaning meaning) {
    try {
      SseEvent event = in.next();
      if (event == null) {
        return List.of(meaning.atEnd());
      }
      return event.isComment() ? List.of(new Part.Alive()) : meaning.of(event);
    } catch (NotJson e) {
      return List.of(new Part.Broken("the provider sent something that is not JSON"));
    } catch (IOException e) {
      return List.of(new Part.Broken("the connection to the provider ended"));
    } catch (RuntimeException bug) {
      // Without this nothing would ever come, and whoever waits would wait until the deadline.
      LOG.log(Level.SEVERE, "A provider's stream could not be read", bug);
      return List.of(new Part.Broken("the provider sent something that cannot be read"));
    }
  }
}
