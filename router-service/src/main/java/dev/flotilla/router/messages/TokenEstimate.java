package dev.flotilla.router.messages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import java.nio.charset.StandardCharsets;

/**
 * How many tokens a request may have, counted without a model: English prose has about four bytes
 * to a token, and every model cuts texts in its own way.
 */
final class TokenEstimate {
  private static final int BYTES_PER_TOKEN = 4;

  /** What a message takes beside its words. */
  private static final int PER_MESSAGE = 4;

  /** About what Anthropic's models take for a picture of the largest size they do not scale. */
  private static final int PER_PICTURE = 1_600;

  /** A page of a PDF has about so many bytes in base64, and so many tokens. */
  private static final int BYTES_PER_PAGE = 70_000;

  private static final int PER_PAGE = 2_000;

  private TokenEstimate() {}

  /** Of a request in OpenAI's words; at least 1. */
  static long of(ObjectNode chat) {
    long bytes = 0;
    long others = 0;
    for (JsonNode message : chat.path("messages")) {
      others += PER_MESSAGE;
      for (JsonNode part : message.path("content")) {
        switch (part.path("type").asText()) {
          case "image_url" -> others += PER_PICTURE;
          case "file" ->
              others +=
                  PER_PAGE
                      * (1L
                          + part.path("file").path("file_data").asText("").length()
                              / BYTES_PER_PAGE);
          default -> bytes += length(part.path("text"));
        }
      }
      bytes += length(message.path("content")) + length(message.path("reasoning_content"));
      for (JsonNode call : message.path("tool_calls")) {
        bytes += length(call.path("function").path("name"));
        bytes += length(call.path("function").path("arguments"));
      }
    }
    if (chat.has("tools")) {
      bytes += Json.bytes(chat.path("tools")).length;
    }
    return Math.max(1, Math.ceilDiv(bytes, BYTES_PER_TOKEN) + others);
  }

  private static long length(JsonNode text) {
    return text.isTextual() ? text.textValue().getBytes(StandardCharsets.UTF_8).length : 0;
  }
}
