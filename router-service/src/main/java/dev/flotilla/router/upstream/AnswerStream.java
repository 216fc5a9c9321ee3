package dev.flotilla.router.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.contracts.call.AttemptReport;
import dev.flotilla.contracts.call.FleetHeaders;
import dev.flotilla.contracts.call.Outcomes;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.http.SseReader;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * An answer while it is being written. A stream that breaks off never looks finished. One thread at
 * a time.
 */
public final class AnswerStream implements AutoCloseable {
  private final SseReader events;
  private final Queue<StreamEvent> ahead = new ArrayDeque<>();
  private List<AttemptReport> attempts = List.of();
  private @Nullable ObjectNode usage;
  private boolean ended;

  AnswerStream(SseReader events) {
    this.events = events;
  }

  /**
   * Waits until the first piece is here, without taking it; what it finds instead when the stream
   * breaks before.
   */
  StreamEvent peekFirst() {
    while (true) {
      StreamEvent event = read();
      if (!(event instanceof StreamEvent.KeepAlive)) {
        ahead.add(event);
        return event;
      }
    }
  }

  /** The next event; nothing comes after {@code Finished} or {@code Broken}. */
  public StreamEvent next() {
    StreamEvent known = ahead.poll();
    return known == null ? read() : known;
  }

  private StreamEvent read() {
    if (ended) {
      throw new IllegalStateException("the stream has ended");
    }
    try {
      for (SseEvent event; (event = events.next()) != null; ) {
        StreamEvent meaning = meaningOf(event);
        if (meaning != null) {
          ended = meaning instanceof StreamEvent.Finished || meaning instanceof StreamEvent.Broken;
          return meaning;
        }
      }
      return broken(Outcomes.TRUNCATED, "the provider's stream ended without a finish");
    } catch (IOException | NotJson e) {
      return broken(Outcomes.TRUNCATED, "the provider's stream broke off");
    }
  }

  private @Nullable StreamEvent meaningOf(SseEvent event) throws NotJson {
    String comment = event.comment();
    if (comment != null) {
      if (comment.startsWith(FleetHeaders.ATTEMPTS_COMMENT)) {
        attempts = AttemptReports.parse(comment.substring(FleetHeaders.ATTEMPTS_COMMENT.length()));
        return null;
      }
      return new StreamEvent.KeepAlive();
    }
    if (event.data().equals("[DONE]")) {
      return new StreamEvent.Finished(usage, attempts);
    }
    if (!(Json.parse(event.data()) instanceof ObjectNode body)) {
      return null;
    }
    JsonNode error = body.path("error");
    if (error.isObject()) {
      return broken(
          error.path("outcome").asText(Outcomes.TRUNCATED),
          error.path("message").asText("the provider's stream broke off"));
    }
    if (body.path("choices").isEmpty() && body.path("usage").isObject()) {
      usage = body;
      return null;
    }
    return new StreamEvent.Chunk(event.data(), body);
  }

  private StreamEvent broken(String reason, String message) {
    ended = true;
    return new StreamEvent.Broken(reason, message, attempts);
  }

  @Override
  public void close() {
    try {
      events.close();
    } catch (IOException e) {
      // a connection that cannot even be closed is gone, which is what was wanted
      return;
    }
  }
}
