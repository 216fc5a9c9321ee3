package dev.flotilla.router.embeddings;

import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.chat.Desk;
import dev.flotilla.router.chat.Wording;
import dev.flotilla.router.door.Door;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Role;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.exchange.ChatRequest;
import dev.flotilla.router.idempotency.Idempotency;
import java.io.IOException;
import java.util.List;

/** {@code POST /v1/embeddings}: reads the request as OpenAI writes it. */
public final class EmbeddingsRoute implements DoorHandler {
  private final Desk desk;

  public EmbeddingsRoute(Desk desk) {
    this.desk = desk;
  }

  /**
   * @param maxBytes longest body in bytes
   */
  public List<Door> doors(int maxBytes, Idempotency idempotency) {
    String embeds = "Turns texts into vectors; an answer is always one model's vector space.";
    DoorHandler once = idempotency.once(this);
    return List.of(
        new Door("POST", "/v1/embeddings", Role.ASKERS, maxBytes, embeds, once),
        new Door("POST", "/embeddings", Role.ASKERS, maxBytes, embeds, once));
  }

  @Override
  public void answer(Visit visit) throws IOException {
    desk.answer(read(visit), Wording.OPENAI, visit);
  }

  private static ChatRequest.Parsed read(Visit visit) {
    try {
      return EmbeddingRequest.parse(
          Json.parseObject(visit.body()), visit::header, visit.policy().hints());
    } catch (NotJson e) {
      return new ChatRequest.Parsed.Bad(ChatRequest.unreadable(e));
    }
  }
}
