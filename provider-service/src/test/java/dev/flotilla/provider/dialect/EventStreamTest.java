package dev.flotilla.provider.dialect;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.provider.dialect.AnswerStream.Part;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventStreamTest {
  @Test
  void what_a_dialect_stumbles_over_ends_the_stream_instead_of_keeping_everybody_waiting()
      throws Exception {
    var bytes = new ByteArrayInputStream("data: {}\n\n".getBytes(StandardCharsets.UTF_8));
    var clumsy =
        new EventStream.Meaning() {
          @Override
          public List<Part> of(SseEvent event) {
            throw new IllegalStateException("a bug");
          }

          @Override
          public Part atEnd() {
            return new Part.End();
          }
        };
    try (var stream = new EventStream(bytes, 1_000, clumsy)) {
      assertInstanceOf(Part.Broken.class, stream.next(Duration.ofSeconds(20)));
    }
  }
}
