package dev.flotilla.router.embeddings;

import dev.flotilla.kit.json.Json;
import dev.flotilla.kit.json.NotJson;
import dev.flotilla.router.chat.Desk;
import dev.flotilla.router.chat.Wording;
import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.exchange.ChatRequest;
import java.io.IOException;

/** {@code POST /v1/embeddings}: reads the request as OpenAI writes it. */
public final class EmbeddingsRoute implements DoorHandler {
  private final Desk desk;

  public EmbeddingsRoute(Desk desk) {
    this.desk = desk;
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
