package dev.flotilla.router.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer in OpenAI's shape, as it came. Nobody changes {@code body}.
 *
 * @param body an object of kind {@code chat.completion}, or of kind {@code list} with vectors
 */
public record Completion(ObjectNode body) {
  private static final Set<String> FINISHED = Set.of("stop", "tool_calls", "function_call");

  /**
   * Whether every choice came to its own end; cut by length or a filter is not finished. Vectors
   * always are.
   */
  public boolean finished() {
    if (!body.path("data").isEmpty()) {
      return true;
    }
    JsonNode choices = body.path("choices");
    if (choices.isEmpty()) {
      return false;
    }
    for (JsonNode choice : choices) {
      if (!FINISHED.contains(choice.path("finish_reason").asText(""))) {
        return false;
      }
    }
    return true;
  }

  /**
   * The same answer as the chunks of a stream, without usage: one with the whole message per
   * choice, and one with its end.
   */
  public List<ObjectNode> asChunks() {
    var chunks = new ArrayList<ObjectNode>();
    for (JsonNode choice : body.path("choices")) {
      ObjectNode delta = choice.path("message").deepCopy();
      int index = 0;
      for (JsonNode call : delta.path("tool_calls")) {
        ((ObjectNode) call).put("index", index++);
      }
      chunks.add(chunk(choice, delta, null));
      chunks.add(chunk(choice, Json.object(), choice.path("finish_reason").asText("stop")));
    }
    return chunks;
  }

  /** The empty chunk that carries a stream's usage. */
  public ObjectNode usageChunk() {
    ObjectNode chunk = head();
    chunk.set("choices", Json.object().arrayNode());
    chunk.set("usage", body.path("usage"));
    return chunk;
  }

  private ObjectNode chunk(JsonNode choice, ObjectNode delta, @Nullable String finish) {
    ObjectNode one = Json.object();
    one.put("index", choice.path("index").asInt(0));
    one.set("delta", delta);
    one.put("finish_reason", finish);
    ObjectNode chunk = head();
    ArrayNode choices = chunk.putArray("choices");
    choices.add(one);
    return chunk;
  }

  private ObjectNode head() {
    ObjectNode chunk = Json.object();
    chunk.put("id", body.path("id").asText());
    chunk.put("object", "chat.completion.chunk");
    chunk.put("created", body.path("created").asLong());
    chunk.put("model", body.path("model").asText());
    return chunk;
  }
}
