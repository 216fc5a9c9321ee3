package dev.flotilla.kit.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flotilla.kit.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonLinesTest {
  private final JsonLines lines = new JsonLines();

  /** Put together here, so that no scanner takes this file for a leak. */
  static List<String> secrets() {
    return List.of(
        "sk-" + "Abc123Abc123Abc123Abc123",
        "sk-" + "proj-Abc123Abc123Abc123Abc123",
        "sk-" + "ant-api03-Abc123Abc123Abc123Abc123",
        "sk-" + "fl-Abc123Abc123Abc123Abc123Abc123Abc123Abc123",
        "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
        "gsk_" + "Abc123Abc123Abc123Abc123Abc123Abc123Abc123Abc1",
        "xai-" + "Abc123Abc123Abc123Abc123Abc123Abc123Abc123Abc1",
        "whsec_" + "Abc123Abc123Abc123Abc123",
        "eyJhbGciOiJSUzI1NiJ9."
            + "eyJzdWIiOiIxMjM0NTY3ODkwIn0."
            + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        "Bearer " + "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "redis://:" + "hunter22@",
        "postgresql://flotilla:" + "hunter22@");
  }

  @ParameterizedTest
  @MethodSource("secrets")
  void what_looks_like_a_secret_is_hidden_and_the_rest_of_the_line_is_there(String secret)
      throws Exception {
    var record = new LogRecord(Level.WARNING, "{0} was refused: " + secret + " (401)");
    record.setParameters(new Object[] {"alpha " + secret});
    record.setThrown(new IOException("asked with " + secret, new IOException("[" + secret + "]")));
    String line = lines.format(record);
    assertFalse(line.contains(secret), line);
    JsonNode json = Json.parse(line);
    assertEquals("alpha *** was refused: *** (401)", json.path("message").asText());
    assertTrue(json.path("thrown").asText().contains("asked with ***"), line);
    assertTrue(json.path("thrown").asText().contains("JsonLinesTest"), "where it was thrown");
  }

  @ParameterizedTest
  @MethodSource
  void what_only_begins_like_one_is_not(String harmless) throws Exception {
    JsonNode json = Json.parse(lines.format(new LogRecord(Level.INFO, harmless)));
    assertEquals(harmless, json.path("message").asText());
  }

  static List<String> what_only_begins_like_one_is_not() {
    return List.of(
        "the task-types of sim-north/flagship are learned",
        "write 'Authorization: Bearer ' and a key",
        "http://provider:8080/v1/chat answered 503",
        "req_01KAMX3V5Q9ZJ8T2W4Y6B7C8D9 of k_growth, trace 0af7651916cd43dd8448eb211c80319c",
        "postgresql://db:5432/flotilla is away",
        "jwt:ann@example.com signed in");
  }

  @Test
  void nobody_writes_a_line_of_their_own() {
    String line =
        lines.format(
            new LogRecord(Level.INFO, "team a\r\n{\"level\":\"SEVERE\"}\u0000\u001b[31m\u0085"));
    assertEquals(1, line.lines().count(), line);
    assertTrue(line.strip().chars().noneMatch(c -> c < ' '), line);
  }
}
