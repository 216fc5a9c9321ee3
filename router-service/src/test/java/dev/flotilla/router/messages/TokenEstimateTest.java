package dev.flotilla.router.messages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import org.junit.jupiter.api.Test;

class TokenEstimateTest {
  @Test
  void words_are_counted_by_their_bytes_and_pictures_by_their_number() {
    ObjectNode chat = Json.object();
    var messages = chat.putArray("messages");
    messages.addObject().put("role", "user").put("content", "x".repeat(400));
    assertEquals(104, TokenEstimate.of(chat));
    var parts = messages.addObject().put("role", "user").putArray("content");
    parts.addObject().put("type", "text").put("text", "y".repeat(40));
    parts
        .addObject()
        .put("type", "image_url")
        .putObject("image_url")
        .put("url", "data:image/png;base64," + "A".repeat(1_000_000));
    assertEquals(104 + 4 + 10 + 1_600, TokenEstimate.of(chat));
    long before = TokenEstimate.of(chat);
    chat.putArray("tools").addObject().put("type", "function").put("name", "weather");
    assertTrue(TokenEstimate.of(chat) > before);
  }
}
