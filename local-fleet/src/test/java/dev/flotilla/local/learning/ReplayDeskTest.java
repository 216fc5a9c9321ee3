package dev.flotilla.local.learning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flotilla.learning.BadData;
import dev.flotilla.local.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayDeskTest {
  @TempDir Path folder;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final ReplayDesk desk =
      new ReplayDesk(new Terminal(new PrintStream(said, true, StandardCharsets.UTF_8), false));

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }

  /** The small model is right in every third. */
  private Path pairs(int count) throws Exception {
    var lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(
          "{\"prompt\": \"question %d\", \"scores\": {\"small\": %d, \"large\": 1}}\n"
              .formatted(i, i % 3 == 0 ? 1 : 0));
    }
    return Files.writeString(folder.resolve("pairs.jsonl"), lines);
  }

  @Test
  void a_small_model_that_is_not_good_enough_is_given_up_in_every_order() throws Exception {
    desk.eval(pairs(1_200), Map.of("--seeds", 2.0), true);
    JsonNode json = new ObjectMapper().readTree(said());
    assertEquals("small", json.path("cheap").asText());
    assertEquals(2, json.path("orders").size(), this::said);
    assertEquals(2, json.path("orders_held").asInt(), this::said);
    assertEquals(0, json.path("orders_cheap_enough").asInt(), this::said);
    JsonNode event = json.at("/orders/0/events/0");
    assertEquals("gave_up", event.path("stage").asText(), this::said);
    assertEquals(500, json.at("/orders/0/both_asked").asInt(), this::said);
  }

  @Test
  void too_few_requests_for_a_window_are_said() throws Exception {
    desk.eval(pairs(60), Map.of("--seeds", 1.0), false);
    assertTrue(said().contains("the window is all of them"), this::said);
    assertTrue(said().contains("nothing was decided"), this::said);
    assertTrue(said().contains("No window of 60 below 0.97: 1 of 1 orders."), this::said);
  }

  @Test
  void what_cannot_be_replayed_is_refused_with_what_to_write() throws Exception {
    var none =
        assertThrows(BadData.class, () -> desk.eval(folder.resolve("none"), Map.of(), false));
    assertTrue(String.valueOf(none.getMessage()).contains("\"scores\""), none::toString);
    Path pairs = pairs(60);
    var target =
        assertThrows(BadData.class, () -> desk.eval(pairs, Map.of("--target", 0.0), false));
    assertTrue(String.valueOf(target.getMessage()).contains("try 0.97"), target::toString);
  }
}
