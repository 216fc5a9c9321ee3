package dev.flotilla.router.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.json.Json;
import dev.flotilla.router.exchange.ChatRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Says everything as it is. What OpenAI's description insists on is there, as null, where a
 * provider left it out.
 */
final class OpenAiWording implements Wording {
  private static final byte[] DONE = SseEvent.data("[DONE]").bytes();
  private static final byte[] KEEP_ALIVE = SseEvent.comment("keep-alive").bytes();

  @Override
  public ObjectNode whole(ObjectNode completion) {
    if (completion.path("choices").isEmpty()) {
      return completion;
    }
    ObjectNode shown = Json.object().setAll(completion);
    ArrayNode choices = shown.arrayNode();
    for (JsonNode choice : completion.path("choices")) {
      ObjectNode one = choices.addObject().putNull("logprobs");
      choice.properties().forEach(field -> one.set(field.getKey(), field.getValue()));
      ObjectNode message = Json.object().putNull("content").putNull("refusal");
      choice
          .path("message")
          .properties()
          .forEach(field -> message.set(field.getKey(), field.getValue()));
      one.set("message", message);
    }
    return shown.set("choices", choices);
  }

  @Override
  public StreamWording stream(ChatRequest request) {
    return new Chunks(request.includeUsage());
  }

  private record Chunks(boolean includeUsage) implements StreamWording {
    @Override
    public byte[] chunk(String data, ObjectNode chunk) {
      return SseEvent.data(data).bytes();
    }

    @Override
    public byte[] keepAlive() {
      return KEEP_ALIVE;
    }

    @Override
    public byte[] end(ObjectNode usage) {
      if (!includeUsage) {
        return DONE;
      }
      var out = new ByteArrayOutputStream();
      out.writeBytes("data: ".getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(Json.plainBytes(usage));
      out.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(DONE);
      return out.toByteArray();
    }
  }
}
