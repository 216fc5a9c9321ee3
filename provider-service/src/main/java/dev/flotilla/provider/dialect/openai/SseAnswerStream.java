package dev.flotilla.provider.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.http.SseReader;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.AnswerStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
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
final class SseAnswerStream implements AnswerStream {
  private static final Logger LOG = Logger.getLogger(SseAnswerStream.class.getName());
  private static final int AHEAD = 32;

  private final InputStream events;
  private final BlockingQueue<Part> parts = new ArrayBlockingQueue<>(AHEAD);
  private final Thread reader;

  SseAnswerStream(InputStream events, int maxLineBytes) {
    this.events = events;
    reader = Thread.startVirtualThread(() -> read(new SseReader(events, maxLineBytes)));
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

  private void read(SseReader in) {
    try {
      Part part;
      do {
        part = next(in);
        parts.put(part);
      } while (!(part instanceof Part.End || part instanceof Part.Broken));
    } catch (InterruptedException e) {
      LOG.log(Level.FINEST, "closed while reading ahead", e);
    }
  }

  private static Part next(SseReader in) {
    try {
      SseEvent event = in.next();
      if (event == null) {
        return new Part.End();
      }
      if (event.isComment()) {
        return new Part.Alive();
      }
      if (event.data().equals("[DONE]")) {
        return new Part.End();
      }
      JsonNode data = Json.parse(event.data());
      if (event.name().equals("error") || data.path("error").isObject()) {
        return new Part.Broken("the provider reported an error in the middle of its answer");
      }
      return data instanceof ObjectNode chunk
          ? new Part.Chunk(chunk)
          : new Part.Broken("the provider sent something that is no chunk");
    } catch (NotJson e) {
      return new Part.Broken("the provider sent something that is not JSON");
    } catch (IOException e) {
      return new Part.Broken("the connection to the provider ended");
    }
  }
}
