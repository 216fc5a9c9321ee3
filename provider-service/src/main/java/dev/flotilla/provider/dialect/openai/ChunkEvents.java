package dev.flotilla.provider.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.AnswerStream.Part;
import dev.flotilla.provider.dialect.EventStream;
import java.util.List;

/** OpenAI's events: each is a chunk, and {@code [DONE]} is the last. */
final class ChunkEvents implements EventStream.Meaning {
  @Override
  public List<Part> of(SseEvent event) throws NotJson {
    if (event.data().equals("[DONE]")) {
      return List.of(new Part.End());
    }
    JsonNode data = Json.parse(event.data());
    if (event.name().equals("error") || data.path("error").isObject()) {
      return List.of(new Part.Broken("the provider reported an error in the middle of its answer"));
    }
    return List.of(
        data instanceof ObjectNode chunk
            ? new Part.Chunk(chunk)
            : new Part.Broken("the provider sent something that is no chunk"));
  }

  /** Some servers leave {@code [DONE]} out; whether the answer is whole its finish reason says. */
  @Override
  public Part atEnd() {
    return new Part.End();
  }
}
