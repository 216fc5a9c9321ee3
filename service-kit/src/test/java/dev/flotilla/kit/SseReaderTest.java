package dev.flotilla.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.http.SseReader;
import dev.flotilla.testkit.FaultRow;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
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
  @FaultRow(row = 36, fault = "a line without an end")
  void an_endless_line_is_refused() {
    assertThrows(IOException.class, () -> all("data: " + "x".repeat(2_000)));
  }

  @Test
  void an_event_is_read_back_as_it_was_written() throws IOException {
    var event = SseEvent.named("error", "{\"a\":\n1}");
    assertEquals(List.of(event), all(new String(event.bytes(), StandardCharsets.UTF_8)));
  }

  @Test
  @FaultRow(
      row = 35,
      fault =
          "characters of several bytes cut at every byte; LF, CR, CRLF; comments, two data lines, a byte order mark")
  void wherever_the_bytes_of_a_stream_are_cut_its_events_are_the_same() throws IOException {
    for (String end : List.of("\n", "\r", "\r\n")) {
      String stream =
          "\uFEFF: hi ü\n\ndata: {\"a\":\ndata: \"gruß 🚀 漢\"}\n\nevent: error\ndata:é\n\ndata: [DONE]\n\n"
              .replace("\n", end);
      byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
      var expected =
          List.of(
              SseEvent.comment("hi ü"),
              SseEvent.data("{\"a\":\n\"gruß 🚀 漢\"}"),
              SseEvent.named("error", "é"),
              SseEvent.data("[DONE]"));
      for (int cut = 0; cut <= bytes.length; cut++) {
        var pieces =
            new SequenceInputStream(
                new ByteArrayInputStream(bytes, 0, cut),
                new ByteArrayInputStream(bytes, cut, bytes.length - cut));
        assertEquals(expected, all(pieces), "cut after " + cut + " of " + bytes.length);
      }
    }
  }

  private static List<SseEvent> all(String stream) throws IOException {
    return all(new ByteArrayInputStream(stream.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<SseEvent> all(InputStream stream) throws IOException {
    var events = new ArrayList<SseEvent>();
    try (var reader = new SseReader(stream, 1_000)) {
      for (SseEvent event; (event = reader.next()) != null; ) {
        events.add(event);
      }
    }
    return events;
  }
}
