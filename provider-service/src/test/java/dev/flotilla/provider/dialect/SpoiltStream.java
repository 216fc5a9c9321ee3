package dev.flotilla.provider.dialect;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.http.SseReader;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.AnswerStream.Part;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a stream as {@link EventStream} does, on one thread, and holds every part to what the relay
 * relies on. What breaks a stream is declared: no JSON, and no connection.
 */
public final class SpoiltStream {
  private static final int MAX_LINE = 1 << 14;

  private SpoiltStream() {}

  public static void read(byte[] bytes, Model model, EventStream.Meaning meaning) {
    var tally = new StreamTally(model);
    try (var events = new SseReader(new ByteArrayInputStream(bytes), MAX_LINE)) {
      for (SseEvent event; (event = events.next()) != null; ) {
        if (!event.isComment() && ends(meaning.of(event), tally, model)) {
          return;
        }
      }
      ends(List.of(meaning.atEnd()), tally, model);
    } catch (NotJson | IOException declared) {
      assertFalse(String.valueOf(declared.getMessage()).isBlank());
    }
  }

  private static boolean ends(List<Part> parts, StreamTally tally, Model model) {
    for (Part part : parts) {
      switch (part) {
        case Part.Chunk(var chunk) -> {
          tally.note(chunk);
          isPossible(tally.usage(), model);
        }
        case Part.Counted counted -> {
          tally.note(counted);
          isPossible(counted.soFar(), model);
        }
        case Part.Broken(String reason, Failure why) -> {
          assertFalse(reason.isBlank());
          Objects.requireNonNull(why);
          return true;
        }
        case Part.End(), Part.Ceased() -> {
          return true;
        }
        case Part.Alive(), Part.Silence() -> {}
      }
    }
    return false;
  }

  /** What is charged comes from here: nothing below zero, and not more than could be. */
  static void isPossible(@Nullable AttemptUsage usage, Model model) {
    if (usage != null) {
      long all =
          Stream.of(
                  usage.input(),
                  usage.cacheRead(),
                  usage.cacheWrite5m(),
                  usage.cacheWrite1h(),
                  usage.output(),
                  usage.reasoning(),
                  usage.audioIn(),
                  usage.audioOut())
              .filter(Objects::nonNull)
              .peek(count -> assertTrue(count >= 0, usage.toString()))
              .mapToLong(Long::longValue)
              .sum();
      assertTrue(all <= 40 * model.contextTokens(), usage.toString());
    }
  }
}
