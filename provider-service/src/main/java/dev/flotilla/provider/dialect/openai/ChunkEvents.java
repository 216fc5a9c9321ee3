package dev.flotilla.provider.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.flotilla.catalog.Model;
import dev.flotilla.contracts.ledger.AttemptUsage;
import dev.flotilla.kit.http.SseEvent;
import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.provider.dialect.AnswerStream.Part;
import dev.flotilla.provider.dialect.EventStream;
import dev.flotilla.provider.dialect.Failure;
import dev.flotilla.provider.dialect.OpenAiUsage;
import java.util.ArrayList;
import java.util.List;

/** OpenAI's events: each is a chunk, and {@code [DONE]} is the last. */
final class ChunkEvents implements EventStream.Meaning {
  private final Model model;

  ChunkEvents(Model model) {
    this.model = model;
  }

  @Override
  public List<Part> of(SseEvent event) throws NotJson {
    if (event.data().equals("[DONE]")) {
      return List.of(new Part.End());
    }
    if (event.data().isBlank()) {
      return List.of(new Part.Alive());
    }
    JsonNode data = Json.parse(event.data());
    JsonNode error = data.path("error");
    if (event.name().equals("error") || error.isObject() || error.isTextual()) {
      return List.of(
          new Part.Broken(
              "the provider reported an error in the middle of its answer",
              RefusalReader.inStream(error.isObject() ? error : data)));
    }
    if (!(data instanceof ObjectNode chunk)) {
      return List.of(new Part.Broken("the provider sent something that is no chunk"));
    }
    Habits.chunk(chunk);
    return Habits.gaveUp(chunk) ? gaveUp(chunk) : List.of(new Part.Chunk(chunk));
  }

  /** Some servers leave {@code [DONE]} out; whether the answer is whole its finish reason says. */
  @Override
  public Part atEnd() {
    return new Part.Ceased();
  }

  /** The caller must not take the chunk for an end, but what it counts is charged. */
  private List<Part> gaveUp(ObjectNode chunk) {
    var parts = new ArrayList<Part>();
    AttemptUsage usage = OpenAiUsage.read(chunk.path("usage"), model.contextTokens());
    if (usage != null) {
      parts.add(new Part.Counted(usage));
    }
    parts.add(
        new Part.Broken(
            "the provider gave up in the middle of its answer", new Failure.CutShort(200, usage)));
    return parts;
  }
}
