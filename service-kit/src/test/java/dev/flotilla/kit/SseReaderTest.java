package dev.flotilla.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.http.SseReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseReaderTest {
  @Test
  void lines_may_end_in_lf_cr_or_crlf_and_data_lines_are_joined() throws IOException {
    for (String end : List.of("\n", "\r", "\r\n")) {
      String stream =
          "\uFEFFevent: error"
              + end
              + "data: a"
              + end
              + "data: ü"
              + end
              + end
              + ": hi"
              + end
              + end
              + "data:b"
              + end
              + end;
      assertEquals(
          List.of(SseEvent.named("error", "a\nü"), SseEvent.comment("hi"), SseEvent.data("b")),
          all(stream));
    }
  }

  @Test
  void an_event_cut_off_by_the_end_is_not_an_event() throws IOException {
    assertEquals(List.of(SseEvent.data("1")), all("data: 1\n\ndata: 2\n"));
  }

  @Test
  void an_endless_line_is_refused() {
    assertThrows(IOException.class, () -> all("data: " + "x".repeat(2_000)));
  }

  @Test
  void an_event_is_read_back_as_it_was_written() throws IOException {
    var event = SseEvent.named("error", "{\"a\":\n1}");
    assertEquals(List.of(event), all(new String(event.bytes(), StandardCharsets.UTF_8)));
  }

  private static List<SseEvent> all(String stream) throws IOException {
    var events = new ArrayList<SseEvent>();
    try (var reader =
        new SseReader(new ByteArrayInputStream(stream.getBytes(StandardCharsets.UTF_8)), 1_000)) {
      for (SseEvent event; (event = reader.next()) != null; ) {
        events.add(event);
      }
    }
    return events;
  }
}
