package dev.flotilla.router.chat;

import dev.flotilla.router.door.DoorHandler;
import dev.flotilla.router.door.Visit;
import dev.flotilla.router.exchange.ChatRequest;
import java.io.IOException;

/** {@code POST /v1/chat/completions}: reads the request as OpenAI writes it. */
public final class ChatRoute implements DoorHandler {
  private final Desk desk;

  public ChatRoute(Desk desk) {
    this.desk = desk;
  }

  @Override
  public void answer(Visit visit) throws IOException {
    desk.answer(read(visit), Wording.OPENAI, visit);
  }

  /** {@code POST /v1/route}: says what would be done with the same body, and spends nothing. */
  public void preview(Visit visit) {
    desk.preview(read(visit), visit);
  }

  private static ChatRequest.Parsed read(Visit visit) {
    return ChatRequest.parse(visit.body(), visit::header, visit.policy().hints());
  }
}
